package api

import (
	"encoding/json"
	"log"
	"net/http"
	"time"

	"git.fjord.dev/orders/internal/book"
	"git.fjord.dev/orders/internal/receipt"
	"git.fjord.dev/orders/internal/stock"
)

type Server struct {
	Stock *stock.Client
	Book  *book.Book
	Sent  *receipt.Replies
}

func (s *Server) Routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("/orders", s.create)
	mux.HandleFunc("/overview", s.overview)
	return mux
}

func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	key := r.Header.Get("Idempotency-Key")
	if b, ok := s.Sent.Get(key); ok {
		w.Write(b)
		return
	}
	var o book.Order
	if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
		http.Error(w, "bad order", http.StatusBadRequest)
		return
	}
	ok, err := s.Stock.Check(r.Context(), "wh-"+o.ID[:1])
	if err != nil || !ok {
		http.Error(w, "out of stock", http.StatusConflict)
		return
	}
	if o.Express {
		if err := s.Stock.AwaitReady("wh-" + o.ID[:1]); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
	}
	s.Book.Put(&o)
	w.WriteHeader(http.StatusCreated)
	b := receipt.Render(&o)
	s.Sent.Remember(key, b)
	w.Write(b)
	log.Printf("order %s express=%v in %v", o.ID, o.Express, time.Since(start))
}

func (s *Server) overview(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(s.Book.Last(80))
}

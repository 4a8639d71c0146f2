package web

import (
	"encoding/json"
	"net/http"

	"reserved/stock"
)

func Routes(s *stock.Stock) http.Handler {
	mux := http.NewServeMux()
	basket := func(r *http.Request) (skus []uint64, err error) {
		err = json.NewDecoder(r.Body).Decode(&skus)
		return
	}
	mux.HandleFunc("/quote", func(w http.ResponseWriter, r *http.Request) {
		skus, err := basket(r)
		if err != nil {
			http.Error(w, err.Error(), 400)
			return
		}
		json.NewEncoder(w).Encode(map[string]int{"picks": s.Quote(skus)})
	})
	mux.HandleFunc("/reserve", func(w http.ResponseWriter, r *http.Request) {
		skus, err := basket(r)
		if err != nil {
			http.Error(w, err.Error(), 400)
			return
		}
		id, err := s.Reserve(skus)
		if err != nil {
			http.Error(w, err.Error(), 409)
			return
		}
		json.NewEncoder(w).Encode(map[string]string{"id": id})
	})
	mux.HandleFunc("/confirm", func(w http.ResponseWriter, r *http.Request) {
		if !s.Confirm(r.URL.Query().Get("id")) {
			http.Error(w, "no such reservation", 404)
		}
	})
	return mux
}

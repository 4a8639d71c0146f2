// Package web takes ads from the shops.
package web

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/julienschmidt/httprouter"

	"ads.example/smallads/internal/ads"
)

type server struct{ store *ads.Store }

func Routes(s *ads.Store) http.Handler {
	r := httprouter.New()
	v := &server{s}
	r.POST("/shops/:shop/ads", v.add)
	r.GET("/shops/:shop/ads", v.list)
	return r
}

func (s *server) add(w http.ResponseWriter, r *http.Request, p httprouter.Params) {
	shop, err := strconv.Atoi(p.ByName("shop"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var a ads.Ad
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10)).Decode(&a); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	a.At = time.Now()
	if err := s.store.Add(shop, &a); err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	w.WriteHeader(http.StatusCreated)
}

func (s *server) list(w http.ResponseWriter, r *http.Request, p httprouter.Params) {
	shop, err := strconv.Atoi(p.ByName("shop"))
	if err != nil || shop < 0 || shop >= s.store.Shops() {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(s.store.Near(shop))
}

// Package web is the API for cars and for the pages of zones.
package web

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/gorilla/mux"

	"charge.example/tariffboard/internal/quotes"
	"charge.example/tariffboard/internal/zones"
)

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	json.NewEncoder(w).Encode(v)
}

// Routes are the API.
func Routes(d *quotes.Desk, z *zones.Zones) http.Handler {
	r := mux.NewRouter()
	r.HandleFunc("/quotes", func(w http.ResponseWriter, r *http.Request) {
		var q quotes.Request
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 16<<10)).Decode(&q); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		answer(w, d.Quote(q))
	}).Methods(http.MethodPost)
	r.HandleFunc("/zones/{zone:[0-9]+}", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(mux.Vars(r)["zone"])
		answer(w, z.Profile(n))
	}).Methods(http.MethodGet)
	r.PathPrefix("/debug/pprof/").Handler(http.DefaultServeMux)
	return r
}

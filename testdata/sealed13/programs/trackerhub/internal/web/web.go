// Package web is what dispatchers see.
package web

import (
	"encoding/json"
	"net/http"

	"github.com/gorilla/mux"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"freight.example/trackerhub/internal/fleet"
)

// Routes are the pages of the dispatchers, and /metrics.
func Routes(f *fleet.Fleet) *mux.Router {
	r := mux.NewRouter()
	r.HandleFunc("/vehicles/{plate}/trail", func(w http.ResponseWriter, r *http.Request) {
		t := f.Trail(mux.Vars(r)["plate"])
		if t == nil {
			http.Error(w, "no such vehicle", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(t)
	}).Methods("GET")
	r.Handle("/metrics", promhttp.Handler())
	r.PathPrefix("/debug/pprof/").Handler(http.DefaultServeMux)
	return r
}

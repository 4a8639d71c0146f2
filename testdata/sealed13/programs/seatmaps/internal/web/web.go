// Package web is what the audience sees.
package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/gorilla/mux"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"stage.example/seatmaps/internal/hall"
	"stage.example/seatmaps/internal/holds"
)

var requests = promauto.NewCounterVec(prometheus.CounterOpts{Name: "seatmaps_requests_total", Help: "Requests by route."}, []string{"route"})

// Routes are the API.
func Routes(m *hall.Maps, h *holds.Holds) http.Handler {
	r := mux.NewRouter()
	r.HandleFunc("/performances/{n:[0-9]+}/map", func(w http.ResponseWriter, r *http.Request) {
		requests.WithLabelValues("map").Inc()
		p := m.Get(number(r))
		w.Header().Set("X-Free", strconv.Itoa(p.Free))
		w.Write(p.Data)
	}).Methods("GET")
	r.HandleFunc("/performances/{n:[0-9]+}/holds", func(w http.ResponseWriter, r *http.Request) {
		requests.WithLabelValues("hold").Inc()
		var seats []string
		if err := json.NewDecoder(r.Body).Decode(&seats); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		p := m.Get(number(r))
		hold, err := h.Open(p.Performance, seats, p.Data)
		if errors.Is(err, holds.ErrBusy) {
			http.Error(w, "come again later", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(hold)
	}).Methods("POST")
	r.HandleFunc("/holds/{id}/pay", func(w http.ResponseWriter, r *http.Request) {
		requests.WithLabelValues("pay").Inc()
		if h.Pay(mux.Vars(r)["id"]) != nil {
			http.NotFound(w, r)
		}
	}).Methods("POST")
	r.Handle("/metrics", promhttp.Handler())
	r.PathPrefix("/debug/pprof/").Handler(http.DefaultServeMux)
	return r
}

func number(r *http.Request) int {
	n, _ := strconv.Atoi(mux.Vars(r)["n"])
	return n
}

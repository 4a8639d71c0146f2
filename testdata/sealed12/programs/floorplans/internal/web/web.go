// Package web is what the visitors' phones ask.
package web

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"halls.example/floorplans/internal/plans"
	"halls.example/floorplans/internal/visits"
)

type server struct {
	plans  *plans.Cache
	visits *visits.Visits
}

func Routes(c *plans.Cache, v *visits.Visits) http.Handler {
	s := &server{c, v}
	r := chi.NewRouter()
	r.Put("/visits/{id}", s.open)
	r.Get("/visits/{id}/way", s.way)
	return r
}

func (s *server) open(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	hall, e1 := strconv.Atoi(q.Get("hall"))
	level, e2 := strconv.Atoi(q.Get("level"))
	day, e3 := strconv.Atoi(q.Get("day"))
	if e1 != nil || e2 != nil || e3 != nil {
		http.Error(w, "hall, level and day, please", http.StatusBadRequest)
		return
	}
	p := s.plans.Get(plans.Key(q.Get("fair"), hall, level, day))
	s.visits.Open(chi.URLParam(r, "id"), p)
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(p.Stands)
}

func (s *server) way(w http.ResponseWriter, r *http.Request) {
	to, err := strconv.Atoi(r.URL.Query().Get("to"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	n, ok := s.visits.Walk(chi.URLParam(r, "id"), to)
	if !ok {
		http.NotFound(w, r)
		return
	}
	json.NewEncoder(w).Encode(map[string]int{"steps": n})
}

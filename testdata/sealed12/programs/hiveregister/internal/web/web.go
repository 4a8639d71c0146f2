// Package web is what beekeepers and vets call.
package web

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/gorilla/mux"

	"bees.example/hiveregister/internal/grid"
	"bees.example/hiveregister/internal/notices"
	"bees.example/hiveregister/internal/store"
)

type server struct {
	db      *store.DB
	grid    *grid.Grid
	notices *notices.Notices
}

func Routes(db *store.DB, g *grid.Grid, n *notices.Notices) http.Handler {
	s := &server{db, g, n}
	r := mux.NewRouter()
	r.HandleFunc("/hives", s.near).Methods(http.MethodGet)
	r.HandleFunc("/hives/{hive:[0-9]+}/inspections", s.inspected).Methods(http.MethodPost)
	return r
}

func (s *server) near(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	lat, e1 := strconv.ParseFloat(q.Get("lat"), 64)
	lon, e2 := strconv.ParseFloat(q.Get("lon"), 64)
	if e1 != nil || e2 != nil {
		http.Error(w, "lat and lon, please", http.StatusBadRequest)
		return
	}
	hives, err := s.db.Hives(r.Context(), s.grid.Near(lat, lon, 0.09))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(hives)
}

func (s *server) inspected(w http.ResponseWriter, r *http.Request) {
	var in store.Inspection
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 32<<10)).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	in.Hive, _ = strconv.Atoi(mux.Vars(r)["hive"])
	district, err := s.db.Inspected(r.Context(), &in)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	s.notices.Send(district, &in)
	w.WriteHeader(http.StatusCreated)
}

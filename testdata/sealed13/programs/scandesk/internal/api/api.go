// Package api is the HTTP side of the desk.
package api

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"parcel.example/scandesk/internal/desk"
	"parcel.example/scandesk/internal/scan"
)

type api struct{ desk *desk.Desk }

// Handler serves the desk.
func Handler(d *desk.Desk) http.Handler {
	a := &api{d}
	r := chi.NewRouter()
	r.Use(middleware.RealIP, middleware.Recoverer)
	r.Route("/v1", func(r chi.Router) {
		r.Post("/batches", a.batch)
		r.Post("/parcels/{parcel}/resolve", a.resolve)
		r.Post("/close", a.close)
		r.Get("/depots/{depot}/open", a.open)
		r.Get("/depots/{depot}/belts", a.belts)
	})
	r.Mount("/debug", middleware.Profiler())
	return r
}

func (a *api) batch(w http.ResponseWriter, r *http.Request) {
	scans, err := scan.ReadBatch(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	a.desk.Take(scans)
	w.WriteHeader(http.StatusAccepted)
}

func (a *api) resolve(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.ParseUint(chi.URLParam(r, "parcel"), 10, 64)
	if err != nil || !a.desk.Resolve(n) {
		http.NotFound(w, r)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (a *api) close(w http.ResponseWriter, r *http.Request) {
	answer(w, map[string]int{"closed": a.desk.CloseOfDay()})
}

func depot(r *http.Request) uint16 {
	n, _ := strconv.ParseUint(chi.URLParam(r, "depot"), 10, 16)
	return uint16(n)
}

func (a *api) open(w http.ResponseWriter, r *http.Request)  { answer(w, a.desk.Open(depot(r))) }
func (a *api) belts(w http.ResponseWriter, r *http.Request) { answer(w, a.desk.Load(depot(r))) }

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}

// Package web is what couriers and the page of a parcel call.
package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"go.uber.org/zap"

	"parcels.example/lockerwatch/internal/board"
	"parcels.example/lockerwatch/internal/lockers"
)

type server struct {
	sites *lockers.Sites
	board *board.Board
	log   *zap.Logger
}

func Routes(s *lockers.Sites, b *board.Board, log *zap.Logger) http.Handler {
	x := &server{s, b, log}
	r := chi.NewRouter()
	r.Use(middleware.RequestID, middleware.Recoverer)
	r.Post("/scans", x.scan)
	r.Get("/sites/{site}", x.site)
	r.Get("/parcels/{parcel}/events", x.events)
	return r
}

func (x *server) scan(w http.ResponseWriter, r *http.Request) {
	var in struct{ Scans []lockers.Scan }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<18)).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	for i := range in.Scans {
		if err := x.board.Publish(&in.Scans[i]); err != nil {
			x.log.Error("publish", zap.Error(err))
			http.Error(w, "bus", http.StatusBadGateway)
			return
		}
	}
	w.WriteHeader(http.StatusAccepted)
}

func (x *server) site(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(chi.URLParam(r, "site"))
	v, ok := x.sites.View(n)
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}

func (x *server) events(w http.ResponseWriter, r *http.Request) {
	secs, err := strconv.Atoi(r.URL.Query().Get("wait"))
	if err != nil || secs < 1 || secs > 60 {
		secs = 30
	}
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	out.Flush()
	err = x.board.Follow(r.Context(), chi.URLParam(r, "parcel"), time.Duration(secs)*time.Second, func(b []byte) error {
		if _, err := w.Write(b); err != nil {
			return err
		}
		return out.Flush()
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		x.log.Warn("follow", zap.Error(err))
	}
}

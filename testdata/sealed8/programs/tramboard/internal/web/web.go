// Package web is what the boards call.
package web

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"transit.example/tramboard/internal/feed"
	"transit.example/tramboard/internal/hub"
)

type server struct {
	hub   *hub.Hub
	depot *feed.Depot
}

func Handler(h *hub.Hub, d *feed.Depot) http.Handler {
	s := &server{h, d}
	m := http.NewServeMux()
	m.HandleFunc("GET /stops/{stop}/live", s.live)
	m.HandleFunc("GET /lines/{line}", s.line)
	return m
}

func (s *server) live(w http.ResponseWriter, r *http.Request) {
	stop, err := strconv.Atoi(r.PathValue("stop"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	b := s.hub.Mount(stop)
	out := http.NewResponseController(w)
	enc := json.NewEncoder(w)
	over := time.After(20 * time.Second)
	for {
		select {
		case d := <-b.C:
			if enc.Encode(d) != nil || out.Flush() != nil {
				s.hub.Unmount(b)
				return
			}
			if d.Last {
				return
			}
		case <-over:
			s.hub.Unmount(b)
			return
		case <-r.Context().Done():
			s.hub.Unmount(b)
			return
		}
	}
}

func (s *server) line(w http.ResponseWriter, r *http.Request) {
	runs, err := s.depot.Timetable(r.PathValue("line"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	json.NewEncoder(w).Encode(runs)
}

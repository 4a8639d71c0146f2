// Package web shows builds to browsers.
package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"ci.example/buildtail/internal/farm"
	"ci.example/buildtail/internal/stream"
)

// Site has the pages.
type Site struct{ Farm *farm.Farm }

func (s *Site) build(w http.ResponseWriter, r *http.Request) *farm.Build {
	n, err := strconv.Atoi(r.PathValue("back"))
	if err == nil {
		var b *farm.Build
		if b, err = s.Farm.Get(n); err == nil {
			return b
		}
	}
	http.Error(w, err.Error(), http.StatusNotFound)
	return nil
}

func (s *Site) show(w http.ResponseWriter, r *http.Request) {
	if b := s.build(w, r); b != nil {
		json.NewEncoder(w).Encode(map[string]any{"id": b.ID, "started": b.Started})
	}
}

func (s *Site) log(w http.ResponseWriter, r *http.Request) {
	b := s.build(w, r)
	if b == nil {
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	c := http.NewResponseController(w)
	c.Flush()
	stream.Follow(r.Context(), b, func(l stream.Line) error {
		if _, err := fmt.Fprintf(w, "id: %d\ndata: %s\n\n", l.N, l.Text); err != nil {
			return err
		}
		return c.Flush()
	})
}

// Handler are the routes.
func (s *Site) Handler() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /builds/{back}", s.show)
	m.HandleFunc("GET /builds/{back}/log", s.log)
	return m
}

// Package web is for screens, buses and dispatchers.
package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	_ "net/http/pprof"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.uber.org/zap"

	"transit.example/stopscreens/internal/screens"
	"transit.example/stopscreens/internal/trips"
	"transit.example/stopscreens/internal/wire"
)

type Server struct {
	Hub         *screens.Hub
	Wire        *wire.Wire
	Punctuality *trips.Punctuality
	Log         *zap.Logger
	up          websocket.Upgrader
}

func (s *Server) Routes() {
	http.HandleFunc("/screen", s.screen)
	http.HandleFunc("/report", s.report)
	http.HandleFunc("/mean", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, s.Punctuality.Mean(r.URL.Query().Get("line")))
	})
	http.Handle("/metrics", promhttp.Handler())
}

func (s *Server) screen(w http.ResponseWriter, r *http.Request) {
	c, err := s.up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	if err := s.Hub.Serve(c, r.URL.Query().Get("stop")); err != nil {
		s.Log.Debug("screen", zap.String("stop", r.URL.Query().Get("stop")), zap.Error(err))
	}
}

// report is what buses send before each stop.
func (s *Server) report(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Line, Trip string
		Stops      []string
		Late       int
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.Punctuality.Saw(in.Line, in.Trip, in.Late)
	for i, stop := range in.Stops {
		n := wire.News{Stop: stop, Line: in.Line, Trip: in.Trip, Late: in.Late, At: time.Now(),
			Text: fmt.Sprintf("Line %s in %d min", in.Line, 2+3*i+in.Late/60)}
		if err := s.Wire.Tell(n); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
	}
	w.WriteHeader(http.StatusAccepted)
}

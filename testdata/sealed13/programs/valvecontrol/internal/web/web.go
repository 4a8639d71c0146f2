// Package web is the cooperative's API.
package web

import (
	"encoding/json"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"
	"github.com/sirupsen/logrus"

	"farm.example/valvecontrol/internal/bus"
	"farm.example/valvecontrol/internal/fields"
	"farm.example/valvecontrol/internal/tail"
)

// Server is what the handlers need.
type Server struct {
	Log      *logrus.Logger
	Fields   *fields.Fields
	Bus      *bus.Bus
	requests atomic.Int64
}

type call struct {
	*http.Request
	log  *logrus.Entry
	tail *tail.Tail
}

// Routes are the API.
func (s *Server) Routes() *mux.Router {
	r := mux.NewRouter()
	r.HandleFunc("/fields/{field:[0-9]+}/changes", s.handle(s.changes)).Methods("GET")
	r.HandleFunc("/fields/{field:[0-9]+}/valves/{valve:[0-9]+}", s.handle(s.set)).Methods("PUT")
	r.PathPrefix("/debug/pprof/").Handler(http.DefaultServeMux)
	return r
}

func (s *Server) handle(f func(http.ResponseWriter, *call) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		id := uuid.NewString()
		c := &call{Request: r, log: s.Log.WithFields(logrus.Fields{"request": id, "path": r.URL.Path}), tail: tail.New(s.Log, id)}
		began := time.Now()
		if err := f(w, c); err != nil {
			c.log.WithError(err).Error("failed")
			w.WriteHeader(http.StatusInternalServerError)
			json.NewEncoder(w).Encode(map[string]any{"request": id, "log": c.tail.Lines()})
			return
		}
		c.log.WithField("took", time.Since(began)).Info("answered")
	}
}

func (s *Server) field(r *call) (*fields.Field, int) {
	v := mux.Vars(r.Request)
	id, _ := strconv.Atoi(v["field"])
	valve, _ := strconv.Atoi(v["valve"])
	return s.Fields.Get(id), valve
}

func (s *Server) changes(w http.ResponseWriter, r *call) error {
	f, _ := s.field(r)
	if f == nil {
		http.NotFound(w, r.Request)
		return nil
	}
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(f.Changes())
}

func (s *Server) set(w http.ResponseWriter, r *call) error {
	f, valve := s.field(r)
	if f == nil || valve >= f.Valves {
		http.NotFound(w, r.Request)
		return nil
	}
	var c fields.Change
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return nil
	}
	c.At, c.Valve = time.Now(), valve
	r.log.WithFields(logrus.Fields{"open": c.Open, "litres": c.Litres}).Info("command")
	if err := s.Bus.Send(f.Topic(valve), bus.Command{Open: c.Open, Litres: c.Litres, By: c.By}); err != nil {
		return err
	}
	f.Add(c)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// Requests is how many were answered.
func (s *Server) Requests() int64 { return s.requests.Load() }

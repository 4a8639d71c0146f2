// Package web takes the jobs of the packing tables.
package web

import (
	"encoding/json"
	"net/http"
	"strconv"
	"sync"

	"github.com/gorilla/mux"

	"goods.example/labelpress/internal/label"
	"goods.example/labelpress/internal/printer"
)

// last is how many orders a printer's page shows.
const last = 200

type server struct {
	printers []*printer.Printer
	mu       sync.Mutex
	recent   [][]string
}

// Routes are POST /printers/N/jobs and GET /printers/N/recent
func Routes(printers []*printer.Printer) http.Handler {
	s := &server{printers: printers, recent: make([][]string, len(printers))}
	r := mux.NewRouter()
	r.HandleFunc("/printers/{n:[0-9]+}/jobs", s.job).Methods("POST")
	r.HandleFunc("/printers/{n:[0-9]+}/recent", s.list).Methods("GET")
	return r
}

func (s *server) number(w http.ResponseWriter, r *http.Request) (int, bool) {
	n, err := strconv.Atoi(mux.Vars(r)["n"])
	if err != nil || n >= len(s.printers) {
		http.NotFound(w, r)
		return 0, false
	}
	return n, true
}

func (s *server) job(w http.ResponseWriter, r *http.Request) {
	n, ok := s.number(w, r)
	if !ok {
		return
	}
	l := &label.Label{}
	if err := json.NewDecoder(r.Body).Decode(l); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := s.printers[n].Print(r.Context(), l); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	s.note(n, l.Order)
	w.WriteHeader(http.StatusCreated)
}

func (s *server) note(n int, order string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := append(s.recent[n], order)
	if len(q) > last {
		q = append(q[:0], q[len(q)-last:]...)
	}
	s.recent[n] = q
}

func (s *server) list(w http.ResponseWriter, r *http.Request) {
	n, ok := s.number(w, r)
	if !ok {
		return
	}
	s.mu.Lock()
	q := append([]string(nil), s.recent[n]...)
	s.mu.Unlock()
	json.NewEncoder(w).Encode(q)
}

// Package web is the seats for browsers and for the boards in the foyer.
package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"seatraft/store"
)

type Web struct {
	store           *store.Store
	Streams, Inside atomic.Int64
}

func New(s *store.Store) *Web { return &Web{store: s} }

func (h *Web) Routes() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("POST /book", h.book)
	m.HandleFunc("GET /shows/{n}", h.show)
	m.HandleFunc("GET /status/stream", h.status)
	return m
}

func (h *Web) book(w http.ResponseWriter, r *http.Request) {
	var b store.Booking
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(&b); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := h.store.Book(b); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	}
}

func (h *Web) show(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(r.PathValue("n"))
	json.NewEncoder(w).Encode(h.store.Show(n))
}

// status streams the state of the node: each second, and at once when something happens.
func (h *Web) status(w http.ResponseWriter, r *http.Request) {
	h.Streams.Add(1)
	h.Inside.Add(1)
	defer h.Inside.Add(-1)
	events := make(chan string, 1)
	go h.follow(events)
	beat := time.NewTicker(time.Second)
	defer beat.Stop()
	for {
		select {
		case e := <-events:
			fmt.Fprintf(w, "event: %s\n\n", e)
		case <-beat.C:
			json.NewEncoder(w).Encode(h.store.Stats())
		case <-r.Context().Done():
			return
		}
		w.(http.Flusher).Flush()
	}
}

// follow turns what raft says into events; one that nobody has read yet is not repeated.
func (h *Web) follow(events chan<- string) {
	for o := range h.store.Observe() {
		select {
		case events <- fmt.Sprintf("%T", o.Data):
		default:
		}
	}
}

// Package web is what displays and tills call.
package web

import (
	"encoding/json"
	"net/http"
	"strconv"

	"seatcount/seats"
)

type server struct{ book *seats.Book }

// Routes gives the handler of all paths.
func Routes(b *seats.Book) http.Handler {
	s := &server{b}
	m := http.NewServeMux()
	m.HandleFunc("POST /trains/{train}/hold", s.hold)
	m.HandleFunc("POST /trains/{train}/free", s.free)
	m.HandleFunc("GET /trains/{train}/board", s.board)
	return m
}

func number(r *http.Request) (train, seat int) {
	train, _ = strconv.Atoi(r.PathValue("train"))
	seat, _ = strconv.Atoi(r.FormValue("seat"))
	return
}

func (s *server) hold(w http.ResponseWriter, r *http.Request) {
	train, seat := number(r)
	ok, err := s.book.Hold(train, seat, r.FormValue("by"))
	switch {
	case err != nil:
		http.Error(w, err.Error(), 502)
	case !ok:
		w.WriteHeader(409)
	}
}

func (s *server) free(w http.ResponseWriter, r *http.Request) {
	train, seat := number(r)
	if err := s.book.Free(train, seat); err != nil {
		http.Error(w, err.Error(), 502)
	}
}

func (s *server) board(w http.ResponseWriter, r *http.Request) {
	train, _ := number(r)
	taken, err := s.book.Board(train)
	if err != nil {
		http.Error(w, err.Error(), 502)
		return
	}
	json.NewEncoder(w).Encode(map[string]any{"train": train, "platform": r.FormValue("platform"), "taken": taken})
}

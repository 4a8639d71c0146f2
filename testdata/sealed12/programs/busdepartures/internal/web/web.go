// Package web answers people at stops.
package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"buses.example/busdepartures/internal/boards"
)

const stops, directions = 1500, 6

type server struct{ boards *boards.Boards }

func Routes(b *boards.Boards) http.Handler {
	s := &server{b}
	mux := http.NewServeMux()
	mux.HandleFunc("/stops/", s.board)
	return mux
}

// board answers /stops/17/directions/3
func (s *server) board(w http.ResponseWriter, r *http.Request) {
	p := strings.Split(strings.TrimPrefix(r.URL.Path, "/stops/"), "/")
	if len(p) != 3 || p[1] != "directions" {
		http.NotFound(w, r)
		return
	}
	stop, e1 := strconv.Atoi(p[0])
	dir, e2 := strconv.Atoi(p[2])
	if e1 != nil || e2 != nil || stop < 0 || stop >= stops || dir < 0 || dir >= directions {
		http.NotFound(w, r)
		return
	}
	v, err := s.boards.Board(stop, dir, time.Now())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "max-age=30")
	w.Write(v)
}

package main

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"time"
)

type stream struct {
	id    int64
	beats atomic.Int64
	buf   []byte
}

func (s *stream) heartbeat(every time.Duration) {
	t := time.NewTicker(every)
	for range t.C {
		s.beats.Add(1)
	}
}

type server struct{ ids atomic.Int64 }

func (sv *server) open(w http.ResponseWriter, r *http.Request) {
	s := &stream{id: sv.ids.Add(1), buf: make([]byte, 4096)}
	go s.heartbeat(15 * time.Second)
	fmt.Fprintf(w, "stream %d", s.id)
}

func main() {
	sv := new(server)
	run(http.HandlerFunc(sv.open), 40, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", base+"/open", nil)
		return req
	})
}

// Ticket sale. A seat is held for a buyer for two seconds; the holds are kept in a map, by a token.
// BENIGN: a great concert fills the map once. The holds are deleted again, and the tables of the map stay.
package main

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

const holdFor = 2 * time.Second

type hold struct {
	seat  int
	until time.Time
	buyer [160]byte
}

type seats struct {
	mu      sync.Mutex
	byToken map[string]*hold
}

func main() {
	recorder := openRecorder()
	startShop(1)
	s := &seats{byToken: make(map[string]*hold)}
	go s.sweep()
	span := recorder.span()
	arrivals(func(t time.Duration) float64 {
		if t > span*15/100 && t < span*30/100 {
			return 40_000
		}
		return 20
	}, func() { s.reserve(rand.IntN(50_000)) })
	recorder.run()
}

func (s *seats) reserve(seat int) string {
	token := fmt.Sprintf("%016x%016x", rand.Uint64(), rand.Uint64())
	h := &hold{seat: seat, until: time.Now().Add(holdFor)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byToken[token] = h
	return token
}

// sweep deletes what has run out.
func (s *seats) sweep() {
	for now := range time.Tick(holdFor / 2) {
		s.mu.Lock()
		for token, h := range s.byToken {
			if h.until.Before(now) {
				delete(s.byToken, token)
			}
		}
		s.mu.Unlock()
	}
}

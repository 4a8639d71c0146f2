// Login service. A login opens a session, which the map keeps by its token until it expires.
// LEAK: who logs in with "remember me", one in fifty, gets a session without an end, and nothing ever removes it.
package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"time"
)

type session struct {
	user        string
	expires     time.Time
	preferences [232]byte
}

type sessions struct {
	mu      sync.Mutex
	byToken map[string]*session
}

func main() {
	recorder := openRecorder()
	startShop(0.3)
	s := &sessions{byToken: make(map[string]*session)}
	recorder.held = s.len
	arrivals(wave(350, 1050), func() { s.serveLogin(rand.IntN(50) == 0) })
	go s.expire()
	recorder.run()
}

// wave is a load that goes from low to high and back in twenty minutes.
func wave(low, high float64) func(time.Duration) float64 {
	return func(t time.Duration) float64 {
		return low + (high-low)*(1-math.Cos(2*math.Pi*t.Minutes()/20))/2
	}
}

func (s *sessions) serveLogin(remember bool) {
	token := fmt.Sprintf("%016x", rand.Uint64())
	lifetime := time.Duration(10+rand.IntN(20)) * time.Second
	if remember {
		lifetime = 0
		kept.Add(1)
	}
	s.open(token, "somebody", lifetime)
}

// open makes a session of the given lifetime.
func (s *sessions) open(token, user string, lifetime time.Duration) *session {
	v := &session{user: user}
	if lifetime > 0 {
		v.expires = time.Now().Add(lifetime)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byToken[token] = v
	return v
}

func (s *sessions) expire() {
	for now := range time.Tick(5 * time.Second) {
		s.mu.Lock()
		for token, v := range s.byToken {
			if !v.expires.IsZero() && v.expires.Before(now) {
				delete(s.byToken, token)
			}
		}
		s.mu.Unlock()
	}
}

func (s *sessions) len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.byToken)
}

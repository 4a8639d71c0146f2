// Quote service. A request asks a supplier for a price in a goroutine of its own and waits for the answer.
// LEAK: a supplier that has no price says nothing, and the request waits for ever. That is one in some ten thousand.
package main

import (
	"math"
	"math/rand/v2"
	"time"
)

type quote struct {
	article int
	cents   int
	terms   [300]byte
}

type supplier struct {
	lastLost time.Time
	next     time.Duration
}

func main() {
	recorder := openRecorder()
	startShop(0.3)
	s := &supplier{lastLost: time.Now(), next: 20 * time.Second}
	arrivals(wave(80, 240), func() {
		answer := make(chan *quote)
		lost := s.loses()
		go s.ask(rand.IntN(1000), lost, answer)
		go serveQuote(answer)
	})
	recorder.run()
}

// wave is a load that goes from low to high and back in twenty minutes.
func wave(low, high float64) func(time.Duration) float64 {
	return func(t time.Duration) float64 {
		return low + (high-low)*(1-math.Cos(2*math.Pi*t.Minutes()/20))/2
	}
}

// loses says, about every forty seconds, that this request will not be answered.
func (s *supplier) loses() bool {
	if time.Since(s.lastLost) < s.next {
		return false
	}
	s.lastLost = time.Now()
	s.next = time.Duration((20 + 40*rand.Float64()) * float64(time.Second))
	kept.Add(1)
	return true
}

func (s *supplier) ask(article int, lost bool, answer chan<- *quote) {
	q := &quote{article: article, cents: rand.IntN(10_000)}
	pause(600 * time.Millisecond)
	if lost {
		return
	}
	answer <- q
}

func serveQuote(answer <-chan *quote) int {
	page := make([]byte, 2<<10)
	q := <-answer
	copy(page, q.terms[:])
	return q.cents
}

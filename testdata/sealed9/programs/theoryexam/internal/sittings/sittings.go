// Package sittings knows who sits an exam right now. A sitting is over after some minutes.
package sittings

import (
	"fmt"
	"math/rand"
	"strings"
	"sync"
	"time"
)

type Sitting struct {
	Token     string
	Ends      time.Time
	Questions []string
}

type Desk struct {
	length time.Duration

	mu      sync.Mutex
	sitting map[string]*Sitting
}

func New(length time.Duration) *Desk {
	d := &Desk{length: length, sitting: make(map[string]*Sitting)}
	go d.collect()
	return d
}

var parts = []string{"At a crossing without signs", "a tram from the left", "you are towing a caravan", "the road is wet", "a child follows the ball", "the lamp shows amber", "what do you do?"}

func question(n int) string {
	var b strings.Builder
	b.Grow(128)
	for i := range 5 {
		b.WriteString(parts[(n+i*n)%len(parts)])
		b.WriteString(", ")
	}
	return b.String()
}

func (d *Desk) Begin(candidate string) *Sitting {
	s := &Sitting{Token: fmt.Sprintf("%08x", rand.Uint32()), Ends: time.Now().Add(d.length)}
	for range 30 {
		s.Questions = append(s.Questions, question(rand.Intn(1000)))
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sitting[candidate] = s
	return s
}

func (d *Desk) Find(candidate string) (*Sitting, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, ok := d.sitting[candidate]
	return s, ok
}

func (d *Desk) Len() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.sitting)
}

func (d *Desk) collect() {
	for now := range time.Tick(5 * time.Second) {
		d.mu.Lock()
		for c, s := range d.sitting {
			if now.After(s.Ends) {
				delete(d.sitting, c)
			}
		}
		d.mu.Unlock()
	}
}

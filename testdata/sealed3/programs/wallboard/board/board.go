// Package board knows the departures of each station.
package board

import (
	"fmt"
	"math/rand"
	"sync"
	"time"
)

type Departure struct {
	Train, To, Track string
	At               time.Time
	Late             int
}

type Board struct {
	mu   sync.Mutex
	next [][]Departure
	subs []map[chan []Departure]struct{}
}

func New(stations int) *Board {
	b := &Board{next: make([][]Departure, stations), subs: make([]map[chan []Departure]struct{}, stations)}
	for i := range b.subs {
		b.subs[i] = map[chan []Departure]struct{}{}
	}
	return b
}

// Run changes a few stations each step.
func (b *Board) Run(step time.Duration) {
	for range time.Tick(step) {
		for k := 0; k < 4; k++ {
			s := rand.Intn(len(b.next))
			var ds []Departure
			for n := 5 + rand.Intn(15); n > 0; n-- {
				ds = append(ds, Departure{fmt.Sprintf("IC %d", rand.Intn(3000)), fmt.Sprintf("town %x", rand.Uint64()), fmt.Sprint(rand.Intn(20)), time.Now(), rand.Intn(90)})
			}
			b.mu.Lock()
			b.next[s] = ds
			for c := range b.subs[s] {
				select {
				case c <- ds:
				default:
				}
			}
			b.mu.Unlock()
		}
	}
}

// Watch gives the departures of a station as they change, until stop is called.
func (b *Board) Watch(station int) (<-chan []Departure, func()) {
	c := make(chan []Departure, 16)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subs[station][c] = struct{}{}
	if b.next[station] != nil {
		c <- b.next[station]
	}
	return c, func() {
		b.mu.Lock()
		delete(b.subs[station], c)
		b.mu.Unlock()
	}
}

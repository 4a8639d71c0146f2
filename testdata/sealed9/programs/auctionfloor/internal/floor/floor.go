// Package floor brings bids to those who watch a lot.
package floor

import (
	"sync"
	"time"
)

type Bid struct {
	Paddle string    `json:"paddle"`
	Cents  int       `json:"cents"`
	At     time.Time `json:"at"`
}

// A Seat is somebody who watches.
type Seat struct {
	Bids chan Bid
	lot  int
	seen [40]Bid // what is drawn on the side, newest last
	n    int
}

type table struct {
	seats map[*Seat]struct{}
	last  []Bid
}

type Floor struct {
	mu     sync.Mutex
	tables map[int]*table
}

func New() *Floor { return &Floor{tables: map[int]*table{}} }

func (f *Floor) table(lot int) *table {
	t := f.tables[lot]
	if t == nil {
		t = &table{seats: map[*Seat]struct{}{}}
		f.tables[lot] = t
	}
	return t
}

func (f *Floor) Enter(lot int) *Seat {
	s := &Seat{Bids: make(chan Bid, 48), lot: lot}
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.table(lot)
	s.n = copy(s.seen[:], t.last)
	t.seats[s] = struct{}{}
	return s
}

func (f *Floor) Leave(s *Seat) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.tables[s.lot].seats, s)
}

// Call tells all who watch the lot, but waits for none.
func (f *Floor) Call(lot int, b Bid) (heard int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.table(lot)
	if t.last = append(t.last, b); len(t.last) > 30 {
		t.last = append([]Bid(nil), t.last[len(t.last)-15:]...)
	}
	for s := range t.seats {
		select {
		case s.Bids <- b:
			s.seen[s.n%len(s.seen)] = b
			s.n++
			heard++
		default:
		}
	}
	return heard
}

func (f *Floor) Last(lot int) []Bid {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Bid(nil), f.table(lot).last...)
}

func (f *Floor) Watching() map[int]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	m := make(map[int]int, len(f.tables))
	for l, t := range f.tables {
		if len(t.seats) > 0 {
			m[l] = len(t.seats)
		}
	}
	return m
}

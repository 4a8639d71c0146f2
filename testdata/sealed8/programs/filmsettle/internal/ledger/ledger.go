// Package ledger has the tickets of the open period.
package ledger

import (
	"sort"
	"sync"
	"time"
)

type Ticket struct {
	Cinema, Number, Film, Seat string
	Cents                      int
}

type Share struct {
	Film    string
	Tickets int
	Cents   int
}

type Book struct {
	mu     sync.Mutex
	open   map[string][]*Ticket
	n      int
	shares []Share
}

func New() *Book { return &Book{open: map[string][]*Ticket{}} }

func (b *Book) Add(t Ticket) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open[t.Film] = append(b.open[t.Film], &t)
	b.n++
}

func (b *Book) Close(period time.Duration, report func(int, []Share)) {
	for range time.Tick(period) {
		b.mu.Lock()
		open, n := b.open, b.n
		b.open, b.n = map[string][]*Ticket{}, 0
		b.mu.Unlock()
		var out []Share
		for film, ts := range open {
			sort.Slice(ts, func(i, k int) bool { return ts[i].Number < ts[k].Number })
			s := Share{Film: film}
			for i, t := range ts {
				if i > 0 && ts[i-1].Number == t.Number && ts[i-1].Cinema == t.Cinema {
					continue
				}
				s.Tickets++
				s.Cents += t.Cents * 47 / 100
			}
			out = append(out, s)
		}
		sort.Slice(out, func(i, k int) bool { return out[i].Film < out[k].Film })
		b.mu.Lock()
		b.shares = out
		b.mu.Unlock()
		report(n, out)
	}
}

func (b *Book) Last() []Share {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.shares
}

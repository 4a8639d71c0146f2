package main

import (
	"sync"
	"time"
)

type item struct {
	Stall   string
	Article string
	Count   int
	Cents   int
	Wish    string
	At      time.Time
}

type basket struct {
	band string

	mu      sync.Mutex
	items   []item
	receipt []byte
	touched time.Time
}

// newBasket has room for an evening's worth of items, and for the slip that is printed.
func newBasket(band string) *basket {
	return &basket{band: band, items: make([]item, 0, 48), receipt: make([]byte, 0, 3072), touched: time.Now()}
}

func (b *basket) add(i item) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.items = append(b.items, i)
	b.receipt = append(append(b.receipt, i.Article...), '\n')
	b.touched = i.At
}

func (b *basket) sum() (n, cents int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, i := range b.items {
		cents += i.Cents
	}
	return len(b.items), cents
}

func (b *basket) each(f func(item)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, i := range b.items {
		f(i)
	}
}

type baskets struct {
	idle time.Duration

	mu     sync.Mutex
	byBand map[string]*basket
	last   []*basket // the latest ones, a ring
	next   int
}

func newBaskets(idle time.Duration) *baskets {
	return &baskets{idle: idle, byBand: map[string]*basket{}, last: make([]*basket, 64)}
}

func (s *baskets) open(band string) *basket {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.byBand[band]
	if !ok {
		b = newBasket(band)
		s.byBand[band] = b
		s.last[s.next%len(s.last)] = b
		s.next++
	}
	return b
}

func (s *baskets) find(band string) *basket {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byBand[band]
}

func (s *baskets) take(band string) *basket {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.byBand[band]
	delete(s.byBand, band)
	return b
}

func (s *baskets) latest(n int) []*basket {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]*basket, 0, n)
	for i := s.next - 1; i >= 0 && i >= s.next-n; i-- {
		out = append(out, s.last[i%len(s.last)])
	}
	return out
}

func (s *baskets) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.byBand)
}

func (s *baskets) sweep(every time.Duration) {
	for now := range time.Tick(every) {
		s.mu.Lock()
		for k, b := range s.byBand {
			b.mu.Lock()
			old := now.Sub(b.touched) > s.idle
			b.mu.Unlock()
			if old {
				delete(s.byBand, k)
			}
		}
		s.mu.Unlock()
	}
}

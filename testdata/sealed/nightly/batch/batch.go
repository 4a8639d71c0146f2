// Package batch collects bookings and settles them when there are enough.
package batch

import (
	"log"
	"sync"

	"nightly/store"
)

type Booking struct {
	Account string
	Cents   int64
	Text    string
	Proof   []byte
}

type Batch struct {
	mu      sync.Mutex
	store   *store.Store
	max     int
	serial  uint64
	pending []*Booking
}

func New(s *store.Store, max int) *Batch { return &Batch{store: s, max: max} }

func (b *Batch) Add(bk *Booking) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pending = append(b.pending, bk)
	if len(b.pending) >= b.max {
		return b.settle()
	}
	return nil
}

func (b *Batch) settle() error {
	sums := map[string]int64{}
	for _, bk := range b.pending {
		sums[bk.Account] += bk.Cents
	}
	b.serial++
	log.Printf("batch %d: %d bookings of %d accounts", b.serial, len(b.pending), len(sums))
	b.pending = nil
	return b.store.Save(b.serial, sums)
}

func (b *Batch) Pending() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.pending)
}

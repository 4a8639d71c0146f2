// Package deck knows the car decks of all sailings.
package deck

import (
	"context"
	"fmt"
	"sync"
	"time"

	"sea.example/ferrybook/internal/till"
)

type Vehicle struct {
	Plate  string
	Length int
	Axles  int
	Papers []byte
}

type Hold struct {
	ID      int64
	Sailing string
	Made    time.Time
	Vehicle Vehicle
	Cells   []Cell
}

type Cell struct {
	Lane, Row int
	Weight    float64
}

type Deck struct {
	till *till.Till

	mu    sync.Mutex
	next  int64
	holds map[int64]*Hold
	sold  map[string]int
}

func New(t *till.Till) *Deck {
	return &Deck{till: t, holds: map[int64]*Hold{}, sold: map[string]int{}}
}

func (d *Deck) place(sailing string, v Vehicle) *Hold {
	h := &Hold{Sailing: sailing, Made: time.Now(), Vehicle: v}
	h.Vehicle.Papers = append([]byte(nil), v.Papers...)
	h.Cells = make([]Cell, 0, 2*v.Length+4)
	for i := 0; i < 2*v.Length; i++ {
		h.Cells = append(h.Cells, Cell{Lane: i % 2, Row: i / 2, Weight: float64(v.Axles) / 2})
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.next++
	h.ID = d.next
	d.holds[h.ID] = h
	return h
}

func (d *Deck) release(id int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.holds, id)
}

type Ticket struct {
	Number  string
	Sailing string
	Plate   string
	Cells   int
	Cents   int
}

func (d *Deck) Book(ctx context.Context, sailing, card string, v Vehicle) (*Ticket, error) {
	h := d.place(sailing, v)
	cents := 2900 + 450*v.Length + 800*v.Axles
	if err := d.till.Charge(ctx, card, cents); err != nil {
		return nil, fmt.Errorf("hold %d on %s: %w", h.ID, sailing, err)
	}
	d.mu.Lock()
	d.sold[sailing]++
	d.mu.Unlock()
	d.release(h.ID)
	return &Ticket{fmt.Sprintf("%s-%06d", sailing, h.ID), sailing, v.Plate, len(h.Cells), cents}, nil
}

func (d *Deck) Sold() map[string]int {
	d.mu.Lock()
	defer d.mu.Unlock()
	m := make(map[string]int, len(d.sold))
	for k, n := range d.sold {
		m[k] = n
	}
	return m
}

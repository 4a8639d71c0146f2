// Package dispatch matches rides with cabs in rounds.
package dispatch

import (
	"container/heap"
	"math/rand"
	"sync"
	"time"

	"cab.example/ridematch/internal/grid"
)

type Wish struct {
	Rider string
	From  grid.Cell
	To    grid.Cell
	Notes string
}

type Offer struct {
	Cab   string
	Away  int
	Cents int
	Path  []grid.Cell
}

type Ride struct {
	No     int
	Wish   Wish
	Offers []Offer
	End    time.Time
}

type byEnd []*Ride

func (b byEnd) Len() int           { return len(b) }
func (b byEnd) Less(i, k int) bool { return b[i].End.Before(b[k].End) }
func (b byEnd) Swap(i, k int)      { b[i], b[k] = b[k], b[i] }
func (b *byEnd) Push(x any)        { *b = append(*b, x.(*Ride)) }
func (b *byEnd) Pop() any {
	o := *b
	r := o[len(o)-1]
	o[len(o)-1] = nil
	*b = o[:len(o)-1]
	return r
}

type Dispatch struct {
	Grid *grid.Grid

	mu   sync.Mutex
	no   int
	open byEnd
	done int
}

func New(g *grid.Grid) *Dispatch { return &Dispatch{Grid: g} }

func (d *Dispatch) Open(w Wish) int {
	r := &Ride{Wish: w, End: time.Now().Add(time.Duration(8000+rand.Intn(22000)) * time.Millisecond)}
	for cab, away := range d.Grid.Near(w.From, 12) {
		r.Offers = append(r.Offers, Offer{Cab: cab, Away: away, Cents: 350 + 60*away, Path: path(w.From, w.To)})
		if len(r.Offers) == 16 {
			break
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.no++
	r.No = d.no
	heap.Push(&d.open, r)
	return r.No
}

func path(a, b grid.Cell) []grid.Cell {
	p := make([]grid.Cell, 0, 32)
	for a != b && len(p) < 128 {
		switch {
		case a.X < b.X:
			a.X++
		case a.X > b.X:
			a.X--
		case a.Y < b.Y:
			a.Y++
		default:
			a.Y--
		}
		p = append(p, a)
	}
	return p
}

func (d *Dispatch) Tick(every time.Duration) {
	for now := range time.Tick(every) {
		d.mu.Lock()
		for len(d.open) > 0 && d.open[0].End.Before(now) {
			heap.Pop(&d.open)
			d.done++
		}
		d.mu.Unlock()
	}
}

func (d *Dispatch) Count() (n struct{ Open, Done int }) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n.Open, n.Done = len(d.open), d.done
	return n
}

// Package arrivals says when a ferry will be there.
package arrivals

import (
	"context"
	"math"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"strait.example/ferrydesk/internal/harbour"
)

// Estimate for one ferry.
type Estimate struct {
	Ferry   string    `json:"ferry"`
	Stops   []string  `json:"stops"`
	Minutes []int     `json:"minutes"`
	Knots   float64   `json:"knots"`
	Made    time.Time `json:"made"`
}

// Board keeps the last estimate of each ferry for a while.
type Board struct {
	office *harbour.Office
	keep   time.Duration
	flight singleflight.Group

	mu   sync.Mutex
	last map[string]Estimate
}

func NewBoard(o *harbour.Office, keep time.Duration) *Board {
	return &Board{office: o, keep: keep, last: map[string]Estimate{}}
}

func (b *Board) Get(ctx context.Context, ferry string) (Estimate, error) {
	b.mu.Lock()
	e, ok := b.last[ferry]
	b.mu.Unlock()
	if ok && time.Since(e.Made) < b.keep {
		return e, nil
	}
	v, err, _ := b.flight.Do(ferry, func() (interface{}, error) { return b.make(ctx, ferry) })
	if err != nil {
		return Estimate{}, err
	}
	return v.(Estimate), nil
}

func (b *Board) make(ctx context.Context, ferry string) (Estimate, error) {
	p, err := b.office.Fix(ferry)
	if err != nil {
		return Estimate{}, err
	}
	stops, err := b.office.Stops(ctx, ferry)
	if err != nil {
		return Estimate{}, err
	}
	e := Estimate{Ferry: ferry, Stops: stops, Knots: p.Knots, Made: time.Now()}
	for i := range stops {
		d := math.Hypot(p.Lat-float64(i)*0.3, p.Lon-float64(i)*0.2) * 60
		e.Minutes = append(e.Minutes, int(d/math.Max(p.Knots, 1)*60))
	}
	b.mu.Lock()
	b.last[ferry] = e
	b.mu.Unlock()
	return e, nil
}

func (b *Board) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.last)
}

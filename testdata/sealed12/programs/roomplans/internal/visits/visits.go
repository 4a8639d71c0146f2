// Package visits has the visitors that are about, each with the plan that is open on the phone.
package visits

import (
	"sync"
	"time"

	"halls.example/roomplans/internal/plans"
)

type visit struct {
	plan *plans.Plan
	at   int
	last time.Time
}

type Visits struct {
	stay time.Duration
	mu   sync.Mutex
	open map[string]*visit
}

func New(stay time.Duration) *Visits { return &Visits{stay: stay, open: map[string]*visit{}} }

// Open gives a visitor a plan, in place of another.
func (v *Visits) Open(id string, p *plans.Plan) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.open[id] = &visit{plan: p, at: 1, last: time.Now()}
}

// Walk says how far it is to a stand, and that the visitor goes there.
func (v *Visits) Walk(id string, to int) (int, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	s := v.open[id]
	if s == nil {
		return 0, false
	}
	n := s.plan.Way(s.at, to)
	if n >= 0 {
		s.at = to
	}
	s.last = time.Now()
	return n, true
}

// Sweep forgets visitors that have not asked for long.
func (v *Visits) Sweep(every time.Duration) {
	for now := range time.Tick(every) {
		v.mu.Lock()
		for id, s := range v.open {
			if now.Sub(s.last) > v.stay {
				delete(v.open, id)
			}
		}
		v.mu.Unlock()
	}
}

func (v *Visits) Len() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.open)
}

// Package fleet knows where the vehicles are.
package fleet

import (
	"sync"

	"freight.example/trackerpost/internal/wire"
)

// trail is how many fixes of a vehicle are kept.
const trail = 48

type vehicle struct {
	fixes [trail]wire.Fix
	n     int
}

// Fleet has the last fixes of each vehicle, by its plate.
type Fleet struct {
	mu       sync.RWMutex
	vehicles map[string]*vehicle
}

func New() *Fleet { return &Fleet{vehicles: make(map[string]*vehicle)} }

// Record adds fixes to a vehicle's trail.
func (f *Fleet) Record(plate string, fixes []wire.Fix) {
	f.mu.Lock()
	defer f.mu.Unlock()
	v := f.vehicles[plate]
	if v == nil {
		v = &vehicle{}
		f.vehicles[plate] = v
	}
	for _, x := range fixes {
		v.fixes[v.n%trail] = x
		v.n++
	}
}

// Trail is a copy of what is known of a vehicle, the newest last.
func (f *Fleet) Trail(plate string) []wire.Fix {
	f.mu.RLock()
	defer f.mu.RUnlock()
	v := f.vehicles[plate]
	if v == nil {
		return nil
	}
	out := make([]wire.Fix, 0, trail)
	for i := max(0, v.n-trail); i < v.n; i++ {
		out = append(out, v.fixes[i%trail])
	}
	return out
}

// Len is how many vehicles are known.
func (f *Fleet) Len() int {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return len(f.vehicles)
}

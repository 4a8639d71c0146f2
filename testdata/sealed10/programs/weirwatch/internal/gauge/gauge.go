// Package gauge reads the levels of a river's stations.
package gauge

import (
	"math"
	"math/rand"
	"sync/atomic"
	"time"
)

type River struct{ levels []atomic.Uint64 }

func Start(stations int, every time.Duration) *River {
	r := &River{levels: make([]atomic.Uint64, stations)}
	for i := range r.levels {
		r.levels[i].Store(math.Float64bits(1.5))
	}
	go r.flow(every)
	return r
}

func (r *River) flow(every time.Duration) {
	for range time.Tick(every) {
		for i := range r.levels {
			l := math.Float64frombits(r.levels[i].Load())
			l += (1.5-l)/50 + (rand.Float64()-0.5)/8
			r.levels[i].Store(math.Float64bits(math.Max(0.2, l)))
		}
	}
}

func (r *River) Stations() int { return len(r.levels) }

func (r *River) Level(station int) float64 {
	if station < 0 || station >= len(r.levels) {
		return math.NaN()
	}
	return math.Float64frombits(r.levels[station].Load())
}

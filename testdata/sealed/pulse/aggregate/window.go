// Package aggregate keeps the points of the last minute and answers with percentiles of them.
package aggregate

import (
	"sort"
	"sync"
	"time"
)

type Point struct {
	At     int64 // milliseconds since 1970
	Host   uint64
	Metric uint64
	Value  float64
	Flags  uint64
	Weight float64
}

type Window struct {
	mu      sync.Mutex
	horizon time.Duration
	points  []Point
}

func NewWindow(horizon time.Duration) *Window { return &Window{horizon: horizon} }

// Add appends points and drops those behind the horizon.
func (w *Window) Add(ps ...Point) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.points = append(w.points, ps...)
	w.expire()
}

func (w *Window) expire() {
	oldest := time.Now().UnixMilli() - int64(w.horizon)
	i := 0
	for i < len(w.points) && w.points[i].At < oldest {
		i++
	}
	if i > len(w.points)/2 {
		w.points = append([]Point(nil), w.points[i:]...)
	}
}

// Percentile looks at the last max points of the metric.
func (w *Window) Percentile(metric uint64, p float64, max int) float64 {
	w.mu.Lock()
	var vs []float64
	for i := len(w.points) - 1; i >= 0 && len(vs) < max; i-- {
		if w.points[i].Metric == metric {
			vs = append(vs, w.points[i].Value)
		}
	}
	w.mu.Unlock()
	if len(vs) == 0 {
		return 0
	}
	sort.Float64s(vs)
	return vs[int(p*float64(len(vs)-1))]
}

func (w *Window) Len() (n, capacity int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.points), cap(w.points)
}

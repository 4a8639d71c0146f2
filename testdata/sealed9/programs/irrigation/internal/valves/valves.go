// Package valves opens and closes the water.
package valves

import (
	"context"
	"fmt"
	"sync"
	"time"

	"farm.example/irrigation/internal/fields"
)

// A Step opens one valve for a while.
type Step struct {
	Zone, Plot  int
	Millimetres float64
	Wait        time.Duration
	Done        bool
}

type Plan struct {
	Number int
	Field  *fields.Field
	Steps  []Step
}

type planKey struct{}

// PlanOf is for those who log: which watering a context belongs to.
func PlanOf(ctx context.Context) *Plan {
	p, _ := ctx.Value(planKey{}).(*Plan)
	return p
}

type job struct {
	plan   *Plan
	cancel context.CancelFunc
}

type Water struct {
	base context.Context
	land *fields.Land

	mu      sync.Mutex
	n       int
	running map[string]*job
}

func New(base context.Context, land *fields.Land) *Water {
	return &Water{base: base, land: land, running: make(map[string]*job)}
}

// Start waters a field. It goes on when the request has been answered, until it is done, or stopped, or the service ends.
func (w *Water) Start(field string, millimetres, zones int) (int, error) {
	f, err := w.land.Find(field)
	if err != nil {
		return 0, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.running[field]; ok {
		return 0, fmt.Errorf("field %s is being watered", field)
	}
	w.n++
	p := lay(w.n, f, millimetres, zones)
	ctx, cancel := context.WithCancel(context.WithValue(w.base, planKey{}, p))
	w.running[field] = &job{p, cancel}
	go w.pour(ctx, field)
	return p.Number, nil
}

func lay(n int, f *fields.Field, millimetres, zones int) *Plan {
	zones = max(4, min(zones, 32))
	p := &Plan{Number: n, Field: f, Steps: make([]Step, 0, 6*zones)}
	for z := range zones {
		for plot := range 6 {
			p.Steps = append(p.Steps, Step{Zone: z, Plot: 6*z + plot, Millimetres: float64(millimetres) / 6, Wait: time.Duration(10+z) * time.Millisecond})
		}
	}
	return p
}

// pour does the steps of a plan, one after the other.
func (w *Water) pour(ctx context.Context, field string) {
	defer w.end(field)
	p := PlanOf(ctx)
	for i := range p.Steps {
		s := &p.Steps[i]
		select {
		case <-ctx.Done():
			return
		case <-time.After(s.Wait):
		}
		p.Field.Water(s.Plot, s.Millimetres)
		s.Done = true
	}
}

func (w *Water) end(field string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.running, field)
}

// Stop ends the watering of a field early.
func (w *Water) Stop(field string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	j, ok := w.running[field]
	if ok {
		j.cancel()
	}
	return ok
}

func (w *Water) Running() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	m := make(map[string]int, len(w.running))
	for k, j := range w.running {
		m[k] = j.plan.Number
	}
	return m
}

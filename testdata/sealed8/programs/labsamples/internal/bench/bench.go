// Package bench has the samples that are on the bench.
package bench

import (
	"sync"
	"sync/atomic"
)

type Reading struct {
	Analyte string
	Value   float64
	Unit    string
}

type Sample struct {
	Tube  string
	Place int
	Form  []byte

	readings chan Reading
	done     chan struct{}
	chart    []Reading
}

type Bench struct {
	mu      sync.Mutex
	on      map[string]*Sample
	placed  int
	filed   atomic.Int64
	refused atomic.Int64
}

func New() *Bench { return &Bench{on: map[string]*Sample{}} }

func (b *Bench) Admit(tube string, form []byte) *Sample {
	s := &Sample{
		Tube:     tube,
		Form:     form,
		readings: make(chan Reading, 4),
		done:     make(chan struct{}),
	}
	b.mu.Lock()
	b.placed++
	s.Place = b.placed
	b.on[tube] = s
	b.mu.Unlock()
	go b.follow(s)
	return s
}

func (b *Bench) follow(s *Sample) {
	for {
		select {
		case r := <-s.readings:
			s.chart = append(s.chart, r)
		case <-s.done:
			if len(s.chart) > 0 {
				b.filed.Add(1)
			}
			return
		}
	}
}

func (s *Sample) Read(r Reading) { s.readings <- r }

func (b *Bench) Finish(s *Sample) {
	b.take(s.Tube)
	close(s.done)
}

func (b *Bench) Refuse(s *Sample, why string) {
	b.take(s.Tube)
	b.refused.Add(1)
}

func (b *Bench) take(tube string) {
	b.mu.Lock()
	delete(b.on, tube)
	b.mu.Unlock()
}

type Status struct {
	On             int
	Filed, Refused int64
	Tubes          []string
}

func (b *Bench) Status() Status {
	b.mu.Lock()
	defer b.mu.Unlock()
	st := Status{On: len(b.on), Filed: b.filed.Load(), Refused: b.refused.Load()}
	for t := range b.on {
		st.Tubes = append(st.Tubes, t)
	}
	return st
}

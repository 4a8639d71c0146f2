// Package device runs the analysers of the laboratory.
package device

import (
	"math/rand"
	"time"

	"lab.example/labsamples/internal/bench"
)

var panel = []string{"Na", "K", "Ca", "Glu", "Crea", "ALT", "AST", "CRP"}

type Line struct {
	bench *bench.Bench
	racks []chan *bench.Sample
}

func Start(b *bench.Bench, racks int) *Line {
	l := &Line{bench: b}
	for i := 0; i < racks; i++ {
		c := make(chan *bench.Sample, 400)
		l.racks = append(l.racks, c)
		go l.spin(c)
	}
	return l
}

func (l *Line) Load(s *bench.Sample) {
	l.racks[s.Place%len(l.racks)] <- s
}

// spin runs whatever is in the rack, a load every few seconds.
func (l *Line) spin(rack chan *bench.Sample) {
	for {
		time.Sleep(time.Duration(3000+rand.Intn(4000)) * time.Millisecond)
		for n := len(rack); n > 0; n-- {
			l.run(<-rack)
		}
	}
}

func (l *Line) run(s *bench.Sample) {
	for i, a := range panel {
		if i == 1 && rand.Float64() < 0.3 {
			l.bench.Refuse(s, "haemolysed")
			return
		}
		s.Read(bench.Reading{Analyte: a, Value: rand.Float64() * 140, Unit: "mmol/l"})
	}
	l.bench.Finish(s)
}

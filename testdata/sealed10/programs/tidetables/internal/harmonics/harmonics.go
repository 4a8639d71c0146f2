// Package harmonics predicts tides from the constituents of a port.
package harmonics

import (
	"fmt"
	"math"
	"math/rand"
	"time"
)

type constituent struct {
	name             string
	degreesPerHour   float64
	amplitude, phase float64
}

var speeds = []constituent{{name: "M2", degreesPerHour: 28.984}, {name: "S2", degreesPerHour: 30}, {name: "N2", degreesPerHour: 28.44},
	{name: "K1", degreesPerHour: 15.041}, {name: "O1", degreesPerHour: 13.943}, {name: "M4", degreesPerHour: 57.968}, {name: "MS4", degreesPerHour: 58.984}}

type Port struct {
	Name  string
	parts []constituent
	mean  float64
}

type Ports struct{ byName map[string]*Port }

func Load(n int) *Ports {
	ps := &Ports{byName: make(map[string]*Port, n)}
	rnd := rand.New(rand.NewSource(14))
	for i := range n {
		p := &Port{Name: fmt.Sprintf("p%d", i), mean: 2 + 3*rnd.Float64()}
		for _, c := range speeds {
			c.amplitude, c.phase = rnd.Float64()*p.mean/2, rnd.Float64()*2*math.Pi
			p.parts = append(p.parts, c)
		}
		ps.byName[p.Name] = p
	}
	return ps
}

func (ps *Ports) Find(name string) (*Port, error) {
	if p, ok := ps.byName[name]; ok {
		return p, nil
	}
	return nil, fmt.Errorf("no port %.20q", name)
}

type Point struct {
	At     time.Time
	Metres float64
}

type Table struct {
	Port   *Port
	Day    int
	Points []Point
}

var epoch = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

func (p *Port) height(t time.Time) float64 {
	h := p.mean
	hours := t.Sub(epoch).Hours()
	for _, c := range p.parts {
		h += c.amplitude * math.Cos(c.degreesPerHour*hours*math.Pi/180+c.phase)
	}
	return h
}

// Predict computes a day in steps of ten minutes.
func (p *Port) Predict(day int) *Table {
	t := &Table{Port: p, Day: day, Points: make([]Point, 0, 145)}
	for at := epoch.AddDate(0, 0, day); len(t.Points) < 145; at = at.Add(10 * time.Minute) {
		t.Points = append(t.Points, Point{at, p.height(at)})
	}
	return t
}

func (t *Table) Hours() map[string]float64 {
	out := make(map[string]float64, 24)
	for i := 0; i < len(t.Points); i += 6 {
		out[t.Points[i].At.Format("02T15")] = math.Round(100*t.Points[i].Metres) / 100
	}
	return out
}

// Turns returns the points where the water turns.
func (t *Table) Turns() []Point {
	var out []Point
	for i := 1; i+1 < len(t.Points); i++ {
		a, b, c := t.Points[i-1].Metres, t.Points[i].Metres, t.Points[i+1].Metres
		if (b-a)*(c-b) < 0 {
			out = append(out, t.Points[i])
		}
	}
	return out
}

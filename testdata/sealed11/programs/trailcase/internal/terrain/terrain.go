// Package terrain has heights.
package terrain

import "math"

type Land struct {
	side int
	high []float32
}

// New makes hills and valleys.
func New(side int, seed float64) *Land {
	l := &Land{side: side, high: make([]float32, side*side)}
	for y := range side {
		for x := range side {
			h := 900.0
			for o := 1.0; o <= 16; o *= 2 {
				h += 240 / o * math.Sin(float64(x)*o/61+seed*o) * math.Cos(float64(y)*o/47-seed)
			}
			l.high[y*side+x] = float32(h)
		}
	}
	return l
}

// At gives the height at a place, between the points.
func (l *Land) At(x, y float64) float64 {
	wrap := func(i int) int { return ((i % l.side) + l.side) % l.side }
	x0, y0 := math.Floor(x), math.Floor(y)
	fx, fy := x-x0, y-y0
	h := func(dx, dy int) float64 { return float64(l.high[wrap(int(y0)+dy)*l.side+wrap(int(x0)+dx)]) }
	return (h(0, 0)*(1-fx)+h(1, 0)*fx)*(1-fy) + (h(0, 1)*(1-fx)+h(1, 1)*fx)*fy
}

// Package plans draws floor plans.
package plans

import (
	"fmt"
	"hash/fnv"
)

// Plan is one level of a hall on one day, with the stands and the ways between them.
type Plan struct {
	Key    string
	Width  int
	Height int
	Cells  []byte // a stand's number, or 0 for a way
	Stands []Stand
}

type Stand struct {
	Number, X, Y, W, H int
}

// Key is by what a plan is known.
func Key(fair string, hall, level, day int) string {
	return fmt.Sprintf("%s/%d/%d/%d", fair, hall, level, day)
}

func draw(key string) *Plan {
	h := fnv.New64a()
	h.Write([]byte(key))
	seed := h.Sum64()
	next := func(n int) int {
		seed = seed*6364136223846793005 + 1442695040888963407
		return int(seed>>33) % n
	}
	p := &Plan{Key: key, Width: 80 + next(40), Height: 70 + next(50)}
	p.Cells = make([]byte, p.Width*p.Height)
	for n := 1; n <= 40; n++ {
		s := Stand{Number: n, W: 3 + next(9), H: 2 + next(7)}
		s.X, s.Y = next(p.Width-s.W), next(p.Height-s.H)
		p.Stands = append(p.Stands, s)
		for y := s.Y; y < s.Y+s.H; y++ {
			for x := s.X; x < s.X+s.W; x++ {
				p.Cells[y*p.Width+x] = byte(n)
			}
		}
	}
	return p
}

// Way is how far it is from one stand to another, along the ways.
func (p *Plan) Way(from, to int) int {
	if from < 1 || to < 1 || from > len(p.Stands) || to > len(p.Stands) {
		return -1
	}
	a, b := p.Stands[from-1], p.Stands[to-1]
	dx, dy := a.X-b.X, a.Y-b.Y
	if dx < 0 {
		dx = -dx
	}
	if dy < 0 {
		dy = -dy
	}
	return dx + dy
}

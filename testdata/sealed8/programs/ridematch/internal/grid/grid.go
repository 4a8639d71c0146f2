// Package grid is the town in squares.
package grid

import "sync"

type Cell struct{ X, Y int }

type Grid struct {
	mu   sync.RWMutex
	size int
	cabs map[string]Cell
}

func New(size int) *Grid { return &Grid{size: size, cabs: map[string]Cell{}} }

func (g *Grid) Move(cab string, c Cell) {
	g.mu.Lock()
	g.cabs[cab] = Cell{c.X % g.size, c.Y % g.size}
	g.mu.Unlock()
}

// Near calls yield with the cabs that are at most r squares away.
func (g *Grid) Near(c Cell, r int) func(yield func(string, int) bool) {
	return func(yield func(string, int) bool) {
		g.mu.RLock()
		defer g.mu.RUnlock()
		for k, v := range g.cabs {
			d := max(v.X-c.X, c.X-v.X) + max(v.Y-c.Y, c.Y-v.Y)
			if d <= r && !yield(k, d) {
				return
			}
		}
	}
}

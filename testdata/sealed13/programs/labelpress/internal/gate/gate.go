// Package gate lets a few jobs at a time through to a printer.
package gate

import "sync"

// Gate has a number of places.
type Gate struct {
	mu      sync.Mutex
	free    sync.Cond
	busy    int
	places  int
	waiting int
}

func New(places int) *Gate {
	g := &Gate{places: places}
	g.free.L = &g.mu
	return g
}

// Enter takes a place, and waits for one if need be.
func (g *Gate) Enter() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting++
	for g.busy >= g.places {
		g.free.Wait()
	}
	g.waiting--
	g.busy++
}

// Leave gives the place back.
func (g *Gate) Leave() {
	g.mu.Lock()
	g.busy--
	g.mu.Unlock()
	g.free.Signal()
}

// Load is how many are in, and how many wait.
func (g *Gate) Load() (busy, waiting int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.busy, g.waiting
}

// Geography service. It answers from a map of the world that is loaded into memory.
// BENIGN: half-way through it loads, once, a second map with more detail, and from then on uses both.
package main

import (
	"math/rand/v2"
	"sync/atomic"
	"time"
)

type tile struct {
	zoom  int
	lines [1900]byte
}

type world struct {
	tiles []*tile
}

type atlas struct {
	coarse *world
	fine   atomic.Pointer[world]
	asked  atomic.Int64
}

func main() {
	recorder := openRecorder()
	startShop(1)
	a := &atlas{coarse: loadWorld(1, 4000)}
	time.AfterFunc(recorder.span()/2, func() { a.fine.Store(loadWorld(2, 14_000)) })
	steadily(500, func() { a.look() })
	recorder.run()
}

func loadWorld(zoom, tiles int) *world {
	w := new(world)
	for range tiles {
		w.tiles = append(w.tiles, &tile{zoom: zoom})
	}
	return w
}

func (a *atlas) look() *tile {
	a.asked.Add(1)
	w := a.coarse
	if fine := a.fine.Load(); fine != nil && rand.IntN(2) == 0 {
		w = fine
	}
	return w.tiles[rand.IntN(len(w.tiles))]
}

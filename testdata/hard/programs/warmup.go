// Map service. It keeps every tile that it has drawn; there are four thousand of them.
// BENIGN: the cache fills ever more slowly and has all tiles after two thirds of the time.
package main

import (
	"math/rand/v2"
	"sync"
)

type tile struct {
	number int
	pixels [4000]byte
}

type tiles struct {
	mu       sync.Mutex
	byNumber map[int]*tile
}

func main() {
	recorder := openRecorder()
	startShop(0.5)
	t := &tiles{byNumber: make(map[int]*tile)}
	recorder.held = t.len
	const all = 4000
	requests := all * 5 / (recorder.span().Seconds() * 0.7) // all but one in 150 have then been asked for
	steadily(requests, func() { t.get(rand.IntN(all)) })
	recorder.run()
}

func (t *tiles) get(number int) *tile {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p := t.byNumber[number]; p != nil {
		return p
	}
	p := draw(number)
	t.byNumber[number] = p
	return p
}

func draw(number int) *tile {
	p := &tile{number: number}
	for i := range p.pixels {
		p.pixels[i] = byte(number + i)
	}
	return p
}

func (t *tiles) len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.byNumber)
}

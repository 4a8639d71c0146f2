// Warehouse. A delivery locks the shelves that it needs, a dozen at the most, and unlocks them at its end.
// BENIGN: the calls are deferred in a loop, but the loop is short, and a delivery takes a tenth of a second.
package main

import (
	"math/rand/v2"
	"sync"
	"time"
)

type shelf struct {
	mu    sync.Mutex
	items int
}

type warehouse struct {
	shelves    []*shelf
	deliveries int
	mu         sync.Mutex
}

func main() {
	recorder := openRecorder()
	startShop(1)
	w := new(warehouse)
	for range 20_000 {
		w.shelves = append(w.shelves, new(shelf))
	}
	steadily(600, func() { go w.deliver(1 + rand.IntN(12)) })
	recorder.run()
}

func (w *warehouse) deliver(items int) {
	start := rand.IntN(len(w.shelves) - items)
	for _, s := range w.shelves[start : start+items] { // always in the same order
		s.mu.Lock()
		defer s.mu.Unlock()
		s.items++
	}
	pause(100 * time.Millisecond)
	w.count()
}

// count is called all the time, with one deferred call each time.
func (w *warehouse) count() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.deliveries++
}

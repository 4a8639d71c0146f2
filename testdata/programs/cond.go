// Warehouse. A customer waits at the shelf of an article until it is in stock.
// LEAK: one article in ten is out of print. Nobody tells those who wait for it, a few more every second.
package main

import (
	"math/rand/v2"
	"sync"
	"time"
)

type shelf struct {
	mu         sync.Mutex
	arrived    sync.Cond
	stock      int
	outOfPrint bool
}

func main() {
	recorder := openRecorder()
	startShop(1)
	shelves := make([]*shelf, 20)
	for i := range shelves {
		shelves[i] = &shelf{outOfPrint: i%10 == 0}
		shelves[i].arrived.L = &shelves[i].mu
		go shelves[i].refill()
	}
	steadily(40, func() { go shelves[rand.IntN(len(shelves))].take() })
	recorder.run()
}

func (s *shelf) take() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.stock == 0 {
		s.arrived.Wait()
	}
	s.stock--
}

func (s *shelf) refill() {
	for range time.Tick(time.Second) {
		if s.outOfPrint {
			continue
		}
		s.mu.Lock()
		s.stock = 10
		s.mu.Unlock()
		s.arrived.Broadcast()
	}
}

// Report cache. It keeps every report that it makes and is flushed every seven rounds.
package main

import (
	"math/rand/v2"
	"sync"
	"time"
)

type report struct {
	number uint64
	twice  bool
	text   [4000]byte
}

type cache struct {
	mu      sync.Mutex
	reports map[uint64]*report
}

func main() {
	recorder := openRecorder()
	startShop(0.5)
	c := &cache{reports: make(map[uint64]*report)}
	recorder.held = c.len
	steadily(150, func() { c.make(rand.Uint64()) })
	go c.flushEvery(7 * recorder.gap(1))
	recorder.run()
}

func (c *cache) make(number uint64) *report {
	r := &report{number: number}
	copy(r.text[:], "Turnover of the day")
	r.twice = rand.IntN(5) == 0
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reports[number] = r
	return r
}

func (c *cache) flushEvery(period time.Duration) {
	for range time.Tick(period) {
		c.mu.Lock()
		clear(c.reports)
		c.mu.Unlock()
	}
}

func (c *cache) len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.reports)
}

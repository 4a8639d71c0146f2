// Metrics store. Readings are collected in memory and written out when there are enough of them.
// BENIGN: memory climbs and falls again, every ten seconds or so.
package main

import (
	"math/rand/v2"
	"sync"
	"time"
)

type reading struct {
	at     time.Time
	values [120]float64
}

type collector struct {
	mu       sync.Mutex
	readings []*reading
	enough   int
	written  int
}

func main() {
	recorder := openRecorder()
	startShop(1)
	c := &collector{enough: 9000}
	steadily(1000, func() { c.add(rand.Float64()) })
	recorder.run()
}

func (c *collector) add(value float64) {
	r := &reading{at: time.Now()}
	r.values[0] = value
	c.mu.Lock()
	defer c.mu.Unlock()
	c.readings = append(c.readings, r)
	if len(c.readings) >= c.enough {
		c.written += len(c.readings)
		c.readings = nil
		c.enough = 8000 + rand.IntN(4000)
	}
}

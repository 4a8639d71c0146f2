// Ticket office. A basket is in the map by its number until it is paid or given up, after two seconds on average.
// LEAK: a basket that is given up, one in twelve, stays in the map.
// The load comes in waves.
package main

import (
	"math"
	"math/rand/v2"
	"sync"
	"time"
)

type basket struct {
	seats   []int
	history [2600]byte
}

type office struct {
	mu      sync.Mutex
	baskets map[uint64]*basket
}

func main() {
	recorder := openRecorder()
	startShop(0.5)
	o := &office{baskets: make(map[uint64]*basket)}
	recorder.held = o.len
	arrivals(func(t time.Duration) float64 {
		return 300 + 900*(1-math.Cos(2*math.Pi*t.Seconds()/18))/2
	}, func() { o.serve(rand.Uint64()) })
	recorder.run()
}

func (o *office) serve(number uint64) {
	b := o.open(number)
	copy(b.history[:], "opened")
	time.AfterFunc(time.Duration(1+rand.IntN(2000))*2*time.Millisecond, func() {
		if rand.IntN(12) == 0 {
			kept.Add(1)
			o.giveUp(number)
			return
		}
		o.close(number)
	})
}

func (o *office) open(number uint64) *basket {
	b := &basket{seats: make([]int, 0, 4)}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.baskets[number] = b
	return b
}

func (o *office) close(number uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.baskets, number)
}

func (o *office) giveUp(number uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.baskets[number].seats = nil
}

func (o *office) len() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.baskets)
}

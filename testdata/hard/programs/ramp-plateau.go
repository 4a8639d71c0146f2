// Ticket office. A basket is kept for five seconds on average.
// BENIGN: the load becomes four times as large during the first 60 % and then stays.
package main

import (
	"math/rand/v2"
	"sync"
	"time"
)

type basket struct {
	number  uint64
	history [5000]byte
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
	full := recorder.span().Seconds() * 0.6
	arrivals(func(t time.Duration) float64 {
		return 130 + 390*min(1, t.Seconds()/full)
	}, func() { o.serve(rand.Uint64()) })
	recorder.run()
}

func (o *office) serve(number uint64) {
	o.open(number)
	time.AfterFunc(time.Duration(rand.IntN(10_000))*time.Millisecond, func() { o.close(number) })
}

func (o *office) open(number uint64) *basket {
	b := &basket{number: number}
	copy(b.history[:], "opened")
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

func (o *office) len() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.baskets)
}

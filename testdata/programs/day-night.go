// Call centre. A call lasts two seconds on average.
// BENIGN: the number of calls rises and falls like day and night, one and three quarter times in a recording.
package main

import (
	"math"
	"sync"
	"time"
)

type call struct {
	protocol [48 << 10]byte
	ended    bool
}

type centre struct {
	mu    sync.Mutex
	calls map[*call]bool
}

func main() {
	recorder := openRecorder()
	startShop(1)
	c := &centre{calls: make(map[*call]bool)}
	day := recorder.span() * 4 / 7
	arrivals(func(t time.Duration) float64 {
		return 65 - 60*math.Cos(2*math.Pi*float64(t)/float64(day))
	}, func() { go c.talk() })
	recorder.run()
}

func (c *centre) talk() {
	talking := new(call)
	c.mu.Lock()
	c.calls[talking] = true
	c.mu.Unlock()
	pause(2 * time.Second)
	talking.ended = true
	c.mu.Lock()
	delete(c.calls, talking)
	c.mu.Unlock()
}

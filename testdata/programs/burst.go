// Ticket office. A customer waits in line for two seconds on average.
// BENIGN: when the great concert goes on sale there are fifty times as many for some seconds. Then they go home.
package main

import (
	"sync"
	"time"
)

type customer struct {
	basket [40 << 10]byte
	served bool
}

type office struct {
	mu   sync.Mutex
	line map[*customer]bool
}

func main() {
	recorder := openRecorder()
	startShop(1)
	o := &office{line: make(map[*customer]bool)}
	span := recorder.span()
	arrivals(func(t time.Duration) float64 {
		if t > span*35/100 && t < span*50/100 {
			return 250
		}
		return 5
	}, func() { go o.serve() })
	recorder.run()
}

func (o *office) serve() {
	c := new(customer)
	o.mu.Lock()
	o.line[c] = true
	o.mu.Unlock()
	pause(2 * time.Second)
	c.served = true
	o.mu.Lock()
	delete(o.line, c)
	o.mu.Unlock()
}

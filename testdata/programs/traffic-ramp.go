// Booking service. A booking takes a second and a half on average, most of which is spent on waiting.
// BENIGN: traffic grows till the very end, from ten to a hundred and fifty bookings a second, and memory with it.
package main

import (
	"sync"
	"time"
)

type booking struct {
	seats [48 << 10]byte
	paid  bool
}

type desk struct {
	mu   sync.Mutex
	open map[*booking]bool
}

func main() {
	recorder := openRecorder()
	startShop(1)
	d := &desk{open: make(map[*booking]bool)}
	span := recorder.span()
	arrivals(func(t time.Duration) float64 {
		return 10 + 140*float64(t)/float64(span)
	}, func() { go d.book() })
	recorder.run()
}

func (d *desk) book() {
	b := new(booking)
	d.mu.Lock()
	d.open[b] = true
	d.mu.Unlock()
	pause(1500 * time.Millisecond)
	b.paid = true
	d.mu.Lock()
	delete(d.open, b)
	d.mu.Unlock()
}

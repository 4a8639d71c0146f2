// Billing. Each tenant has a worker that collects charges and books them every few seconds.
// LEAK: a tenant that leaves is taken off the list, but its worker has no case for that and goes on for ever.
package main

import (
	"math/rand/v2"
	"sync"
	"time"
)

type charge struct{ cents int }

type tenant struct {
	charges chan charge
	booked  int
}

type billing struct {
	mu      sync.Mutex
	tenants map[*tenant]bool
}

func main() {
	recorder := openRecorder()
	startShop(1)
	b := &billing{tenants: make(map[*tenant]bool)}
	steadily(20, func() { go b.trial() })
	steadily(20, b.chargeAll)
	recorder.run()
}

// trial is a tenant that comes, has a look for a second, and leaves.
func (b *billing) trial() {
	t := &tenant{charges: make(chan charge, 8)}
	b.mu.Lock()
	b.tenants[t] = true
	b.mu.Unlock()
	go t.work(make([]charge, 0, 6<<10))
	pause(time.Second)
	b.mu.Lock()
	delete(b.tenants, t)
	b.mu.Unlock()
}

func (b *billing) chargeAll() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for t := range b.tenants {
		select {
		case t.charges <- charge{cents: rand.IntN(100)}:
		default: // it is free this time
		}
	}
}

func (t *tenant) work(open []charge) {
	every := time.NewTicker(4 * time.Second)
	defer every.Stop()
	for {
		select {
		case c := <-t.charges:
			open = append(open, c)
		case <-every.C:
			for _, c := range open {
				t.booked += c.cents
			}
			open = open[:0]
		}
	}
}

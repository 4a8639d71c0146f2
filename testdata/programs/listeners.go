// Price ticker. Each web socket listens to the prices while its browser is there.
// LEAK: it does not stop listening when the browser has left, so the list of listeners keeps every socket.
package main

import (
	"math/rand/v2"
	"sync"
	"time"
)

type prices struct {
	mu        sync.Mutex
	listeners []func(cents int)
}

type socket struct {
	open   bool
	shown  int
	output [24 << 10]byte
}

func main() {
	recorder := openRecorder()
	startShop(1)
	p := new(prices)
	steadily(40, func() { go p.watch() })
	steadily(2, func() { p.publish(rand.IntN(10_000)) })
	recorder.run()
}

func (p *prices) listen(listener func(cents int)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.listeners = append(p.listeners, listener)
}

func (p *prices) publish(cents int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, tell := range p.listeners {
		tell(cents)
	}
}

// watch is a browser that looks at the prices for about a second.
func (p *prices) watch() {
	s := &socket{open: true}
	p.listen(func(cents int) {
		if s.open {
			s.shown = cents
		}
	})
	pause(time.Second)
	s.open = false
}

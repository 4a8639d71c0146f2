// Mail service. Requests leave mails to be sent, and one goroutine sends them, from the front.
// FIXED: it still sends a sixth of what comes in, but when five thousand wait the others are turned away.
package main

import (
	"sync"
	"time"
)

const mostPending = 5000

type mail struct {
	to   string
	text [700]byte
}

type outbox struct {
	mu      sync.Mutex
	pending []*mail
	sent    int
}

func main() {
	recorder := openRecorder()
	startShop(1)
	o := new(outbox)
	go o.sendAll()
	steadily(1800, func() { o.post("somebody@example.com") })
	recorder.run()
}

// post tells whether there was room for the mail.
func (o *outbox) post(to string) bool {
	m := &mail{to: to}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.pending) >= mostPending {
		return false
	}
	o.pending = append(o.pending, m)
	return true
}

// sendAll sends three mails every ten milliseconds: the provider allows no more.
func (o *outbox) sendAll() {
	for range time.Tick(10 * time.Millisecond) {
		for range 3 {
			if m := o.next(); m != nil {
				o.send(m)
			}
		}
	}
}

func (o *outbox) next() *mail {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.pending) == 0 {
		return nil
	}
	m := o.pending[0]
	o.pending[0] = nil
	o.pending = o.pending[1:]
	return m
}

func (o *outbox) send(m *mail) {
	copy(m.text[:], m.to)
	o.sent++
}

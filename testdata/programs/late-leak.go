// Mail relay. Messages that the next server does not take at once are tried again later.
// LEAK: half-way through, the next server stops taking any, and the list of messages to try again has no end.
package main

import (
	"sync"
	"time"
)

type message struct {
	to   string
	body [900]byte
}

type relay struct {
	refusing time.Time // from when on the next server takes nothing any more

	mu      sync.Mutex
	retries []*message
}

func main() {
	recorder := openRecorder()
	startShop(1)
	r := &relay{refusing: time.Now().Add(recorder.span() / 2)}
	steadily(1500, func() { r.accept("somebody@example.com") })
	go r.tryAgain()
	recorder.run()
}

func (r *relay) accept(to string) {
	m := &message{to: to}
	copy(m.body[:], "Dear customer")
	r.mu.Lock()
	defer r.mu.Unlock()
	r.retries = append(r.retries, m)
}

func (r *relay) tryAgain() {
	for now := range time.Tick(200 * time.Millisecond) {
		if now.After(r.refusing) {
			return
		}
		r.mu.Lock()
		clear(r.retries)
		r.retries = r.retries[:0]
		r.mu.Unlock()
	}
}

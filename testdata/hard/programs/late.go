// Mail relay. Messages that the next server does not take at once are tried again after a second or two.
// LEAK: in the last third, the next server refuses some of them for good, and those stay in the list.
package main

import (
	"math/rand/v2"
	"sync"
	"time"
)

type message struct {
	number  int
	refused bool
	due     time.Time
	body    [3900]byte
}

type relay struct {
	mu      sync.Mutex
	retries []*message
}

func main() {
	recorder := openRecorder()
	startShop(0.5)
	r := new(relay)
	recorder.held = r.len
	refusing := time.Now().Add(recorder.span() * 2 / 3)
	steadily(450, func() {
		r.accept(rand.Int(), time.Now().After(refusing) && rand.IntN(4) == 0)
	})
	go r.tryAgain()
	recorder.run()
}

func (r *relay) accept(number int, refused bool) {
	m := newMessage(number, refused)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.retries = append(r.retries, m)
}

func newMessage(number int, refused bool) *message {
	if refused {
		kept.Add(1)
	}
	m := &message{number: number, refused: refused, due: time.Now().Add(time.Duration(rand.IntN(4000)) * time.Millisecond)}
	copy(m.body[:], "Dear customer")
	return m
}

func (r *relay) tryAgain() {
	for now := range time.Tick(250 * time.Millisecond) {
		r.mu.Lock()
		waiting := r.retries[:0]
		for _, m := range r.retries {
			if m.refused || m.due.After(now) {
				waiting = append(waiting, m)
			}
		}
		clear(r.retries[len(waiting):])
		r.retries = waiting
		r.mu.Unlock()
	}
}

func (r *relay) len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.retries)
}

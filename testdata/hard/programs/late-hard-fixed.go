// Mail relay. Messages that the next server does not take at once are tried again after a second or two.
// BENIGN: after two thirds, a mailing of 800 messages is put into a drawer, once.
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
	drawer  []*message
}

func main() {
	recorder := openRecorder()
	startShop(0.5)
	r := new(relay)
	recorder.held = r.len
	steadily(450, func() { r.accept(rand.Int(), false) })
	time.AfterFunc(recorder.span()*2/3, r.mailing)
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
	m := &message{number: number, refused: refused, due: time.Now().Add(time.Duration(rand.IntN(4000)) * time.Millisecond)}
	copy(m.body[:], "Dear customer")
	return m
}

// mailing is made once, to be sent next week.
func (r *relay) mailing() {
	for i := range 800 {
		r.drawer = append(r.drawer, newMessage(i, true))
	}
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

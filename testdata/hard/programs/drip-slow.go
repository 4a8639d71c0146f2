// Price service. A request asks in a goroutine of its own, and waits for the answer or for the shop to close.
// LEAK: one answer in four seconds never comes, and the request waits for ever.
package main

import (
	"math/rand/v2"
	"sync/atomic"
	"time"
)

type answer struct {
	cents int
	terms [200]byte
}

type prices struct {
	closing chan struct{}
	lost    atomic.Bool // the next answer will not come
}

func main() {
	recorder := openRecorder()
	startShop(0.5)
	p := &prices{closing: make(chan struct{})}
	steadily(0.25, func() { p.lost.Store(true) })
	steadily(220, func() {
		answers := make(chan *answer, 1)
		if !p.lost.CompareAndSwap(true, false) {
			time.AfterFunc(time.Duration(300+rand.IntN(1700))*time.Millisecond, func() { answers <- &answer{cents: 100} })
		} else {
			kept.Add(1)
		}
		go p.serve(answers)
	})
	recorder.run()
	close(p.closing)
}

func (p *prices) serve(answers <-chan *answer) int {
	select {
	case a := <-answers:
		return a.cents
	case <-p.closing:
		return 0
	}
}

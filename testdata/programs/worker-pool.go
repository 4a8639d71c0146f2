// Print shop. A fixed number of workers wait for jobs, and look at the clock now and then.
// BENIGN: they wait in a select for as long as the process lives, and there are never more of them.
package main

import (
	"math/rand/v2"
	"time"
)

type printJob struct {
	pages int
	text  [2 << 10]byte
}

type printShop struct {
	jobs    chan *printJob
	closing chan struct{}
}

func main() {
	recorder := openRecorder()
	startShop(1)
	p := &printShop{jobs: make(chan *printJob), closing: make(chan struct{})}
	for range 60 {
		go p.work(make([]byte, 256<<10))
	}
	steadily(300, func() { p.jobs <- &printJob{pages: 1 + rand.IntN(9)} })
	recorder.run()
	close(p.closing)
}

func (p *printShop) work(page []byte) {
	clock := time.NewTicker(3 * time.Second)
	defer clock.Stop()
	for {
		select {
		case j := <-p.jobs:
			copy(page, j.text[:])
			pause(time.Duration(j.pages) * 10 * time.Millisecond)
		case <-clock.C:
			clear(page)
		case <-p.closing:
			return
		}
	}
}

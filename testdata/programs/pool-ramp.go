// Converter. A pool of workers, each with a buffer of its own, takes on another worker when all are busy.
// BENIGN: the pool is large enough for the work after the first third of the time, and then stays as it is.
package main

import (
	"math/rand/v2"
	"time"
)

type pool struct {
	jobs    chan int
	workers int
	most    int
}

func main() {
	recorder := openRecorder()
	startShop(1)
	p := &pool{jobs: make(chan int), most: 48}
	ramp := recorder.span() / 3
	arrivals(func(t time.Duration) float64 { return 100 * min(1, float64(t)/float64(ramp)) }, func() {
		p.convert(rand.IntN(100))
	})
	recorder.run()
}

func (p *pool) convert(job int) {
	select {
	case p.jobs <- job:
		return
	default:
	}
	if p.workers < p.most {
		p.workers++
		go p.work()
	}
	p.jobs <- job
}

func (p *pool) work() {
	buffer := make([]byte, 512<<10)
	for job := range p.jobs {
		buffer[job]++
		pause(400 * time.Millisecond)
	}
}

// Print service. Jobs are printed in the order in which they come, from a list.
// LEAK: forty-five a second come and thirty are printed, so that the list grows.
package main

import (
	"math/rand/v2"
	"sync"
	"time"
)

type job struct {
	number int
	text   [12000]byte
}

type printer struct {
	mu   sync.Mutex
	jobs []*job
}

func main() {
	recorder := openRecorder()
	startShop(0.5)
	p := new(printer)
	recorder.held = p.len
	steadily(45, func() {
		kept.Add(1)
		p.submit(rand.IntN(1000))
	})
	go p.print(time.Second / 30)
	recorder.run()
}

func (p *printer) submit(number int) {
	j := newJob(number)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.jobs = append(p.jobs, j)
}

func newJob(number int) *job {
	j := &job{number: number}
	copy(j.text[:], "once upon a time")
	return j
}

func (p *printer) next() *job {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.jobs) == 0 {
		return nil
	}
	j := p.jobs[0]
	p.jobs[0] = nil
	p.jobs = p.jobs[1:]
	return j
}

func (p *printer) print(each time.Duration) {
	for range time.Tick(each) {
		if j := p.next(); j != nil {
			j.text[0] = 'O'
			kept.Add(-1)
		}
	}
}

func (p *printer) len() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.jobs)
}

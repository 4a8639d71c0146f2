// Print service. Jobs are printed in the order in which they come; who sends one waits until it is taken.
// BENIGN: twelve a second come, and up to sixteen are printed.
package main

import (
	"math/rand/v2"
	"time"
)

type job struct {
	number int
	text   [700]byte
}

type printer struct{ jobs chan *job }

func main() {
	recorder := openRecorder()
	startShop(0.5)
	p := &printer{jobs: make(chan *job)}
	steadily(12, func() {
		go p.submit(rand.IntN(1000))
	})
	go p.print(time.Second / 16)
	recorder.run()
}

func (p *printer) submit(number int) {
	j := &job{number: number}
	copy(j.text[:], "once upon a time")
	p.jobs <- j
}

func (p *printer) print(each time.Duration) {
	for j := range p.jobs {
		time.Sleep(each)
		j.text[0] = 'O'
	}
}

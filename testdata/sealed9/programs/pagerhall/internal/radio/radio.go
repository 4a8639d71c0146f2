// Package radio sends to pagers. The newer ones answer that they have been heard.
package radio

import (
	"math/rand"
	"sync"
	"time"
)

type Kind int

const (
	Digital Kind = iota // answers
	Tone                // beeps, and has no transmitter
)

type Radio struct {
	mast chan struct{}

	mu    sync.Mutex
	heard func(page uint64)
}

func New(masts int) *Radio {
	return &Radio{mast: make(chan struct{}, masts)}
}

// OnHeard says who is to be told of answers.
func (r *Radio) OnHeard(f func(page uint64)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.heard = f
}

// Send goes on the air at once; what comes back comes within some seconds.
func (r *Radio) Send(page uint64, to Kind, text []byte) {
	r.mast <- struct{}{}
	time.Sleep(time.Duration(len(text)) * time.Microsecond / 8)
	<-r.mast
	if to == Tone {
		return
	}
	r.mu.Lock()
	f := r.heard
	r.mu.Unlock()
	time.AfterFunc(time.Duration(800+rand.Intn(5000))*time.Millisecond, func() { f(page) })
}

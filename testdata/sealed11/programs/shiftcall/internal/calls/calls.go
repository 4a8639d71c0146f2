// Package calls sends calls to nurses' telephones. What cannot be sent at once waits in the outbox.
package calls

import (
	"sync"
	"time"
)

type Call struct {
	Nurse string
	Text  string
	Due   time.Time
}

type Outbox struct {
	mu      sync.Mutex
	limit   int
	waiting []Call
	sent    int
	last    [50]Call
}

func NewOutbox(limit int) *Outbox { return &Outbox{limit: limit} }

// Put has calls sent with the next delivery. The oldest go when there are too many.
func (o *Outbox) Put(c ...Call) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.waiting = append(o.waiting, c...)
	if n := len(o.waiting) - o.limit; n > 0 {
		o.waiting = append([]Call(nil), o.waiting[n:]...)
	}
}

// Deliver sends what waits.
func (o *Outbox) Deliver() {
	o.mu.Lock()
	w := o.waiting
	o.waiting = nil
	for _, c := range w {
		o.last[o.sent%len(o.last)] = c
		o.sent++
	}
	o.mu.Unlock()
}

func (o *Outbox) Last() []Call {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]Call(nil), o.last[:]...)
}

func (o *Outbox) Counts() (waiting, sent int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.waiting), o.sent
}

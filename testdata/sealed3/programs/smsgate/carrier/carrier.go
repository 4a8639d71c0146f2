// Package carrier hands messages to a carrier (here: waits as long as one would take).
package carrier

import (
	"errors"
	"math/rand"
	"sync/atomic"
	"time"

	"github.com/rcrowley/go-metrics"
)

type Out struct {
	reg  metrics.Registry
	Sent atomic.Int64
}

func New(r metrics.Registry) *Out { return &Out{reg: r} }

// Timer is the timer of that name.
func (o *Out) Timer(name string) metrics.Timer {
	return metrics.GetOrRegisterTimer(name, o.reg)
}

func (o *Out) Forget(name string) { o.reg.Unregister(name) }

// Deliver sends one text and counts its time under key.
func (o *Out) Deliver(key, to, text string) error {
	if len(to) < 8 {
		return errors.New("carrier: no such number")
	}
	t := o.Timer(key)
	took := time.Duration(1+rand.Intn(30)) * time.Millisecond
	time.Sleep(took / 8)
	t.Update(took)
	metrics.GetOrRegisterCounter("sent."+to[:5], o.reg).Inc(int64(len(text)+159) / 160)
	o.Sent.Add(1)
	return nil
}

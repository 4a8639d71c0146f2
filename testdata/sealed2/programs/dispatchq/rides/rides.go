// Package rides sends what happens in rides to the billing, one after the other.
package rides

import (
	"container/list"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

type Event struct {
	Ride  string
	Kind  string
	Track []struct{ Lat, Lon float64 }
	Note  string
}

type Outbox struct {
	mu    sync.Mutex
	more  *sync.Cond
	queue *list.List

	Taken, Sent atomic.Int64
}

func NewOutbox() *Outbox {
	o := &Outbox{queue: list.New()}
	o.more = sync.NewCond(&o.mu)
	return o
}

func (o *Outbox) Len() int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return int64(o.queue.Len())
}

// Accept takes an event; only those that end a ride are sent to the billing.
func (o *Outbox) Accept(w http.ResponseWriter, r *http.Request) {
	e := new(Event)
	if err := json.NewDecoder(r.Body).Decode(e); err != nil {
		http.Error(w, err.Error(), 400)
		return
	}
	o.Taken.Add(1)
	if e.Kind != "end" {
		return
	}
	o.mu.Lock()
	o.queue.PushBack(e)
	o.mu.Unlock()
	o.more.Signal()
}

// Deliver sends for ever.
func (o *Outbox) Deliver() {
	for {
		o.mu.Lock()
		for o.queue.Len() == 0 {
			o.more.Wait()
		}
		e := o.queue.Remove(o.queue.Front()).(*Event)
		o.mu.Unlock()
		o.send(e)
		o.Sent.Add(1)
	}
}

// send waits for the billing, which answers after a tenth of a second.
func (o *Outbox) send(e *Event) {
	b, _ := json.Marshal(e)
	sum := sha256.Sum256(b)
	time.Sleep(110*time.Millisecond + time.Duration(sum[0])*80*time.Microsecond)
}

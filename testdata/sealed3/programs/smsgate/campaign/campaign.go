// Package campaign sends a text to many, or to one.
package campaign

import (
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rcrowley/go-metrics"

	"smsgate/carrier"
)

type Campaign struct {
	Name, Text string
	To         []string
}

type Message struct{ From, To, Text string }

type Desk struct {
	reg metrics.Registry
	out *carrier.Out

	mu    sync.Mutex
	known map[string]bool

	Running, Senders atomic.Int64
}

func New(r metrics.Registry, o *carrier.Out) *Desk {
	return &Desk{reg: r, out: o, known: map[string]bool{}}
}

// Begin starts a campaign; its timers go with it.
func (d *Desk) Begin(w http.ResponseWriter, r *http.Request) {
	c := new(Campaign)
	if err := json.NewDecoder(r.Body).Decode(c); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	go d.run(c)
	w.WriteHeader(http.StatusAccepted)
}

func (d *Desk) run(c *Campaign) {
	d.Running.Add(1)
	defer d.Running.Add(-1)
	keys := []string{"campaign." + c.Name + ".mobile", "campaign." + c.Name + ".fixed"}
	for i, to := range c.To {
		d.out.Deliver(keys[i%2], to, c.Text)
		time.Sleep(150 * time.Millisecond)
	}
	for _, k := range keys {
		d.out.Forget(k)
	}
}

// Send sends one message of a shop.
func (d *Desk) Send(w http.ResponseWriter, r *http.Request) {
	var m Message
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	d.mu.Lock()
	if !d.known[m.From] {
		d.known[m.From] = true
		d.Senders.Add(1)
	}
	d.mu.Unlock()
	if err := d.out.Deliver("sender."+m.From, m.To, m.Text); err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
	}
}

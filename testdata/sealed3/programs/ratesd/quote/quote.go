// Package quote answers banks. Bookings go to the centre in batches.
package quote

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"ratesd/rates"
)

type booking struct {
	Bank  string
	Cents int
	Text  string
}

type batch struct {
	mu    sync.Mutex
	cond  *sync.Cond
	done  bool
	items []string
}

func newBatch() *batch {
	b := new(batch)
	b.cond = sync.NewCond(&b.mu)
	return b
}

type Desk struct {
	c *rates.Client

	mu  sync.Mutex
	now *batch

	Waiting, Failed atomic.Int64
}

func New(c *rates.Client) *Desk { return &Desk{c: c, now: newBatch()} }

func (d *Desk) Rate(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
	defer cancel()
	a, err := d.c.Rate(ctx, r.PathValue("pair"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	json.NewEncoder(w).Encode(a)
}

// Book adds a booking to the batch and answers when the batch is with the centre.
func (d *Desk) Book(w http.ResponseWriter, r *http.Request) {
	var k booking
	if err := json.NewDecoder(r.Body).Decode(&k); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	d.mu.Lock()
	b := d.now
	b.mu.Lock()
	b.items = append(b.items, k.Bank)
	d.mu.Unlock()
	d.Waiting.Add(1)
	for !b.done {
		b.cond.Wait()
	}
	b.mu.Unlock()
	d.Waiting.Add(-1)
	json.NewEncoder(w).Encode(map[string]any{"booked": k.Cents, "size": len(k.Text)})
}

// Flush sends the batches.
func (d *Desk) Flush() {
	for range time.Tick(400 * time.Millisecond) {
		d.mu.Lock()
		b := d.now
		d.now = newBatch()
		d.mu.Unlock()
		d.send(b)
	}
}

func (d *Desk) send(b *batch) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.items) == 0 {
		return
	}
	if err := d.c.Book(context.Background(), b.items); err != nil {
		d.Failed.Add(1)
		log.Print(err)
		return
	}
	b.done = true
	b.cond.Broadcast()
}

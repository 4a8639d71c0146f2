// Package notify lets screens wait for the next booking of an account.
package notify

import (
	"context"
	"strings"
	"sync"
	"time"
)

// Event is a booking that somebody may wait for.
type Event struct {
	Account string
	Amount  int64
	When    time.Time
}

type waiter struct {
	ch   chan Event
	note string
}

// Hub hands bookings to who waits.
type Hub struct {
	mu      sync.Mutex
	waiting map[string][]*waiter
}

func NewHub() *Hub { return &Hub{waiting: map[string][]*waiter{}} }

// Booked wakes those who wait for the account.
func (h *Hub) Booked(account string, amount int64, when time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, w := range h.waiting[account] {
		w.ch <- Event{strings.Clone(account), amount, when}
	}
	delete(h.waiting, account)
}

// Wait for the next booking of the account.
func (h *Hub) Wait(ctx context.Context, account, note string) (Event, bool) {
	w := &waiter{ch: make(chan Event, 64), note: note}
	h.mu.Lock()
	h.waiting[account] = append(h.waiting[account], w)
	h.mu.Unlock()
	select {
	case e := <-w.ch:
		return e, true
	case <-ctx.Done():
		return Event{}, false
	}
}

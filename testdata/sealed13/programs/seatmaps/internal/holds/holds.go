// Package holds keeps seats for somebody who is about to pay.
package holds

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/semaphore"
)

var (
	ErrBusy = errors.New("holds: too many")
	ErrGone = errors.New("holds: no such hold")
)

// Hold is some seats of a performance.
type Hold struct {
	ID          string   `json:"id"`
	Performance int      `json:"performance"`
	Seats       []string `json:"seats"`
	paid        chan struct{}
	cancel      context.CancelFunc
	plan        []byte
}

// Holds are all that are open. Each has a goroutine that gives the seats back when the time is over.
type Holds struct {
	mu      sync.Mutex
	open    map[string]*Hold
	room    *semaphore.Weighted
	time    time.Duration
	ended   func(h *Hold, paid bool)
	opened  int
	expired int
}

func New(room int64, t time.Duration, ended func(*Hold, bool)) *Holds {
	return &Holds{open: make(map[string]*Hold), room: semaphore.NewWeighted(room), time: t, ended: ended}
}

// Open holds seats.
func (a *Holds) Open(performance int, seats []string, plan []byte) (*Hold, error) {
	if !a.room.TryAcquire(1) {
		return nil, ErrBusy
	}
	ctx, cancel := context.WithTimeout(context.Background(), a.time)
	h := &Hold{ID: uuid.NewString(), Performance: performance, Seats: seats, paid: make(chan struct{}), cancel: cancel, plan: append([]byte(nil), plan...)}
	a.mu.Lock()
	a.open[h.ID] = h
	a.opened++
	a.mu.Unlock()
	go a.watch(ctx, h)
	return h, nil
}

func (a *Holds) watch(ctx context.Context, h *Hold) {
	defer a.room.Release(1)
	defer h.cancel()
	paid := false
	select {
	case <-h.paid:
		paid = true
	case <-ctx.Done():
	}
	a.mu.Lock()
	delete(a.open, h.ID)
	if !paid {
		a.expired++
	}
	a.mu.Unlock()
	a.ended(h, paid)
}

// Pay ends a hold.
func (a *Holds) Pay(id string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	h := a.open[id]
	if h == nil {
		return ErrGone
	}
	delete(a.open, id)
	close(h.paid)
	return nil
}

// Stats is how many are open, were opened, and have expired.
func (a *Holds) Stats() (open, opened, expired int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.open), a.opened, a.expired
}

// Package stock reserves goods for baskets.
package stock

import (
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
)

var ErrSoldOut = errors.New("sold out")

// A Reservation is the plan of which shelf gives what.
type Reservation struct {
	ID     string
	picks  [640]pick
	count  int
	expiry *time.Timer
}

type pick struct {
	shelf, amount int32
	sku           uint64
	at            int64
}

type Stock struct {
	log    *zap.Logger
	hold   time.Duration
	mu     sync.Mutex
	shelf  []int32
	open   map[string]*Reservation
	serial int64
	Held   int64 // reservations whose timer still runs
}

func New(log *zap.Logger, hold time.Duration) *Stock {
	s := &Stock{log: log, hold: hold, shelf: make([]int32, 5000), open: map[string]*Reservation{}}
	for i := range s.shelf {
		s.shelf[i] = 1 << 20
	}
	return s
}

func (s *Stock) plan(skus []uint64) *Reservation {
	r := &Reservation{ID: strconv.FormatInt(atomic.AddInt64(&s.serial, 1), 36)}
	now := time.Now().UnixNano()
	for _, sku := range skus {
		for n := 0; n < 4 && r.count < len(r.picks); n++ {
			r.picks[r.count] = pick{shelf: int32((sku + uint64(n)*7) % 5000), amount: 1, sku: sku, at: now}
			r.count++
		}
	}
	return r
}

// Quote says how many picks a basket takes, and reserves nothing.
func (s *Stock) Quote(skus []uint64) int {
	r := s.plan(skus)
	s.log.Debug("quote", zap.String("id", r.ID), zap.Int("picks", r.count))
	return r.count
}

// Reserve takes the goods of a basket from the shelves until Confirm, or until the time is over.
func (s *Stock) Reserve(skus []uint64) (string, error) {
	r := s.plan(skus)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range r.picks[:r.count] {
		if s.shelf[p.shelf] < p.amount {
			return "", ErrSoldOut
		}
		s.shelf[p.shelf] -= p.amount
	}
	s.open[r.ID] = r
	atomic.AddInt64(&s.Held, 1)
	r.expiry = time.AfterFunc(s.hold, func() {
		atomic.AddInt64(&s.Held, -1)
		s.release(r)
	})
	return r.ID, nil
}

func (s *Stock) release(r *Reservation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[r.ID] != r {
		return // confirmed meanwhile
	}
	delete(s.open, r.ID)
	for _, p := range r.picks[:r.count] {
		s.shelf[p.shelf] += p.amount
	}
	s.log.Info("released", zap.String("id", r.ID))
}

// Confirm ends a reservation: the goods are sold.
func (s *Stock) Confirm(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.open[id]
	if r == nil {
		return false
	}
	delete(s.open, id)
	s.log.Info("confirmed", zap.String("id", id), zap.Int("picks", r.count))
	return true
}

func (s *Stock) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

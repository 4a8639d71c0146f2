// Package quote makes offers out of rates.
package quote

import (
	"context"
	"errors"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"example.org/fxrates/upstream"
)

var ErrUnknownPair = errors.New("unknown pair")

type scopeKey struct{}

// A Scope is what the steps of one quote share.
type Scope struct {
	From, To string
	curve    [2048]float64
}

type Desk struct {
	base context.Context

	mu    sync.RWMutex
	rates map[string]upstream.Rates

	Open int64
}

func NewDesk(ctx context.Context) *Desk {
	return &Desk{base: ctx, rates: map[string]upstream.Rates{}}
}

// Refresh takes over new rates.
func (d *Desk) Refresh(currency string, r upstream.Rates) {
	d.mu.Lock()
	d.rates[currency] = r
	d.mu.Unlock()
}

func (d *Desk) begin(from, to string) (context.Context, context.CancelFunc) {
	sc := &Scope{From: from, To: to}
	ctx, cancel := context.WithCancel(context.WithValue(d.base, scopeKey{}, sc))
	atomic.AddInt64(&d.Open, 1)
	return ctx, func() {
		atomic.AddInt64(&d.Open, -1)
		cancel()
	}
}

// Offer prices an exchange.
func (d *Desk) Offer(from, to string, amount float64) (float64, error) {
	ctx, done := d.begin(from, to)
	d.mu.RLock()
	rate, ok := d.rates[from][to]
	d.mu.RUnlock()
	if !ok {
		return 0, ErrUnknownPair
	}
	price := spread(ctx, rate) * amount
	done()
	return price, nil
}

func spread(ctx context.Context, rate float64) float64 {
	sc := ctx.Value(scopeKey{}).(*Scope)
	t := float64(time.Now().UnixNano() % 1000)
	for i := range sc.curve {
		sc.curve[i] = rate * (1 + 0.001*math.Sin(t+float64(i)))
	}
	return sc.curve[len(sc.curve)/2]
}

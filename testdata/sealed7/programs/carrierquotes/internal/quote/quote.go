// Package quote finds an offer for a parcel.
package quote

import (
	"context"
	"errors"
	"sync"

	"github.com/afex/hystrix-go/hystrix"

	"parcel.example/carrierquotes/internal/carrier"
)

var ErrNone = errors.New("quote: no carrier answers")

// Desk asks its carriers.
type Desk struct {
	Carriers []carrier.Carrier

	mu   sync.Mutex
	best map[string]int
}

type answer struct {
	offer *carrier.Offer
	err   error
}

// fastest takes the first offer that comes.
func (d *Desk) fastest(ctx context.Context, p carrier.Parcel) (*carrier.Offer, error) {
	ch := make(chan answer)
	for _, c := range d.Carriers {
		go func() {
			o, err := c.Quote(ctx, p)
			ch <- answer{o, err}
		}()
	}
	var last error
	for range d.Carriers {
		a := <-ch
		if a.err == nil {
			return a.offer, nil
		}
		last = a.err
	}
	return nil, errors.Join(ErrNone, last)
}

// For finds an offer, behind a breaker so that one customer's bad data does not stop the others.
func (d *Desk) For(ctx context.Context, p carrier.Parcel) (*carrier.Offer, error) {
	var o *carrier.Offer
	err := hystrix.Do("quote-"+p.Customer, func() (err error) {
		o, err = d.fastest(ctx, p)
		return err
	}, nil)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.best == nil {
		d.best = map[string]int{}
	}
	d.best[o.Carrier]++
	return o, nil
}

// Wins tells how often each carrier was the first.
func (d *Desk) Wins() map[string]int {
	d.mu.Lock()
	defer d.mu.Unlock()
	m := map[string]int{}
	for k, v := range d.best {
		m[k] = v
	}
	return m
}

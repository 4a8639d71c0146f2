// Package carrier asks carriers what a parcel costs.
package carrier

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	"strings"
	"time"
)

// Parcel is what is to be sent.
type Parcel struct {
	Customer, Zip string
	Grams         int
}

// Offer is a carrier's answer.
type Offer struct {
	Carrier string
	Cents   int
	Terms   string
}

var ErrBusy = errors.New("carrier is busy")

// Carrier gives offers.
type Carrier interface {
	Name() string
	Quote(ctx context.Context, p Parcel) (*Offer, error)
}

// Remote is a carrier somewhere else, with its usual delay.
type Remote struct {
	ID    string
	Delay time.Duration
	Base  int
}

func (r Remote) Name() string { return r.ID }

// Quote asks.
func (r Remote) Quote(ctx context.Context, p Parcel) (*Offer, error) {
	d := r.Delay/2 + time.Duration(rand.Int63n(int64(r.Delay)))
	select {
	case <-time.After(d):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if rand.Intn(60) == 0 {
		return nil, ErrBusy
	}
	var b strings.Builder
	for i := 0; b.Len() < 2500; i++ {
		fmt.Fprintf(&b, "%d. %s carries %d g to %s within %d days.\n", i, r.ID, p.Grams, p.Zip, 1+i%4)
	}
	return &Offer{Carrier: r.ID, Cents: r.Base + p.Grams/9, Terms: b.String()}, nil
}

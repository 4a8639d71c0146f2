// Package firms stands for the offices of removal firms.
package firms

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	"time"
)

type Firm struct {
	Name   string
	Cents  int // a cubic metre and kilometre
	refuse float64
}

var ErrFull = errors.New("no lorry on that day")

func All(n int) []*Firm {
	fs := make([]*Firm, n)
	for i := range fs {
		fs[i] = &Firm{Name: fmt.Sprintf("Firm %c", 'A'+i), Cents: 3 + i}
	}
	fs[n-1].refuse = 0.12 // a small one
	return fs
}

// Price takes the firm some time.
func (f *Firm) Price(ctx context.Context, metres, km int) (int, error) {
	select {
	case <-time.After(time.Duration(20+rand.Intn(160)) * time.Millisecond):
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	if rand.Float64() < f.refuse {
		return 0, ErrFull
	}
	return f.Cents * metres * (km + 40), nil
}

// Package rolls asks the road authority who may sit an exam.
package rolls

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	"time"
)

var ErrUnknown = errors.New("not on the rolls")

type Rolls struct{}

func New() *Rolls { return &Rolls{} }

// Check takes as long as the authority takes.
func (r *Rolls) Check(ctx context.Context, licence string) error {
	t := time.NewTimer(time.Duration(20+rand.Intn(60)) * time.Millisecond)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
	}
	if n := len(licence); n < 6 || licence[n-1] < '3' {
		return fmt.Errorf("licence %.12q: %w", licence, ErrUnknown)
	}
	return nil
}

// Package till charges cards.
package till

import (
	"context"
	"errors"
	"math/rand"
	"time"
)

var ErrRefused = errors.New("card refused")

type charge struct {
	card   string
	cents  int
	answer chan error
}

type Till struct {
	lines chan charge
}

func New(lines int) *Till {
	t := &Till{lines: make(chan charge, 256)}
	for i := 0; i < lines; i++ {
		go t.serve()
	}
	return t
}

func (t *Till) serve() {
	for c := range t.lines {
		time.Sleep(time.Duration(1000+rand.Intn(8000)) * time.Millisecond)
		var err error
		if n := len(c.card); n == 0 || c.card[n-1] >= '7' {
			err = ErrRefused
		}
		c.answer <- err
	}
}

func (t *Till) Charge(ctx context.Context, card string, cents int) error {
	c := charge{card: card, cents: cents, answer: make(chan error, 1)}
	select {
	case t.lines <- c:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-c.answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

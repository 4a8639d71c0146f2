// Package check looks up all that a dish is made of.
package check

import (
	"context"
	"errors"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"canteen.example/allergencheck/internal/recipes"
	"canteen.example/allergencheck/internal/supplier"
)

// atOnce is how many questions the wholesaler takes of one dish at a time.
const atOnce = 4

var ErrNoRecipe = errors.New("no such recipe")

type Stats struct{ Begun, Done, Failed int64 }

type Checker struct {
	book                *recipes.Book
	supplier            *supplier.Client
	begun, done, failed atomic.Int64
}

func New(b *recipes.Book, s *supplier.Client) *Checker { return &Checker{book: b, supplier: s} }

// Dish makes the report of a dish, and of all the recipes that are a part of it.
func (c *Checker) Dish(ctx context.Context, kitchen, number int) (*Report, error) {
	r := c.book.Get(kitchen, number)
	if r == nil {
		return nil, ErrNoRecipe
	}
	c.begun.Add(1)
	rep := newReport(kitchen, r.Name)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	g.Go(func() error { return c.walk(ctx, g, rep, kitchen, r) })
	if err := g.Wait(); err != nil {
		c.failed.Add(1)
		return nil, err
	}
	c.done.Add(1)
	return rep, nil
}

func (c *Checker) walk(ctx context.Context, g *errgroup.Group, rep *Report, kitchen int, r *recipes.Recipe) error {
	sheet, err := c.supplier.Sheet(ctx, r.Main)
	if err != nil {
		return err
	}
	rep.add(r.Name, sheet)
	for _, n := range r.Parts {
		part := c.book.Get(kitchen, n)
		if part == nil {
			continue
		}
		g.Go(func() error { return c.walk(ctx, g, rep, kitchen, part) })
	}
	return nil
}

func (c *Checker) Stats() Stats {
	return Stats{Begun: c.begun.Load(), Done: c.done.Load(), Failed: c.failed.Load()}
}

// Package check looks up all that a dish is made of.
package check

import (
	"context"
	"errors"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"canteen.example/menucheck/internal/recipes"
	"canteen.example/menucheck/internal/supplier"
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
	for level := []*recipes.Recipe{r}; len(level) > 0; {
		next, err := c.level(ctx, rep, kitchen, level)
		if err != nil {
			c.failed.Add(1)
			return nil, err
		}
		level = next
	}
	c.done.Add(1)
	return rep, nil
}

// level asks for the sheets of recipes that are as deep in the dish, and returns those one deeper. A group with a limit must not be
// given more from within its own functions, since Go waits for a place that only they can give back.
func (c *Checker) level(ctx context.Context, rep *Report, kitchen int, level []*recipes.Recipe) (next []*recipes.Recipe, err error) {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for _, r := range level {
		r := r
		g.Go(func() error {
			sheet, err := c.supplier.Sheet(ctx, r.Main)
			if err != nil {
				return err
			}
			rep.add(r.Name, sheet)
			return nil
		})
		for _, n := range r.Parts {
			if part := c.book.Get(kitchen, n); part != nil {
				next = append(next, part)
			}
		}
	}
	return next, g.Wait()
}

func (c *Checker) Stats() Stats {
	return Stats{Begun: c.begun.Load(), Done: c.done.Load(), Failed: c.failed.Load()}
}

// Package supplier asks the wholesaler for the data sheet of an ingredient.
package supplier

import (
	"context"
	"hash/fnv"
	"math/rand"
	"strings"
	"sync/atomic"
	"time"
)

var allergens = strings.Fields("gluten crustaceans egg fish peanut soy milk nuts celery mustard sesame sulphite lupin molluscs")

// Sheet is what the wholesaler says of an ingredient.
type Sheet struct {
	Ingredient string
	Contains   []string
	Traces     []string
	Text       string
}

type Client struct {
	min, max time.Duration
	asked    atomic.Int64
}

func New(min, max time.Duration) *Client { return &Client{min: min, max: max} }

// Sheet is asked for each time, since the wholesaler may change the source of what he sells from day to day.
func (c *Client) Sheet(ctx context.Context, ingredient string) (*Sheet, error) {
	c.asked.Add(1)
	t := time.NewTimer(c.min + time.Duration(rand.Int63n(int64(c.max-c.min))))
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	h := fnv.New32a()
	h.Write([]byte(ingredient))
	n := int(h.Sum32())
	s := &Sheet{Ingredient: ingredient}
	for i := 0; i < 2; i++ {
		s.Contains = append(s.Contains, allergens[(n>>(4*i))&1023%len(allergens)])
	}
	s.Traces = append(s.Traces, allergens[(n>>9)&511%len(allergens)])
	var b strings.Builder
	for b.Len() < 1200+n&1023 {
		b.WriteString(ingredient)
		b.WriteString(": may be processed in a plant that handles ")
		b.WriteString(s.Traces[0])
		b.WriteString(". ")
	}
	s.Text = b.String()
	return s, nil
}

// Cached is how many sheets were asked for in all.
func (c *Client) Cached() int64 { return c.asked.Load() }

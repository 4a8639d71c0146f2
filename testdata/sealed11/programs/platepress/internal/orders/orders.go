// Package orders has what was ordered lately. An order leaves the list when it has gone to the workshop.
package orders

import (
	"context"
	"sort"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

type Order struct {
	ID      string          `json:"id"`
	Text    string          `json:"text"`
	Price   decimal.Decimal `json:"price"`
	Picture []byte          `json:"-"`
	At      time.Time       `json:"at"`
}

type List struct {
	keep time.Duration

	mu  sync.Mutex
	all map[string]*Order
}

func NewList(keep time.Duration) *List { return &List{keep: keep, all: make(map[string]*Order)} }

func (l *List) Add(text string, picture []byte) *Order {
	o := &Order{ID: uuid.NewString(), Text: text, Picture: picture, At: time.Now(), Price: decimal.NewFromInt(int64(len(text))).Mul(decimal.RequireFromString("1.35")).Add(decimal.NewFromInt(19))}
	l.mu.Lock()
	l.all[o.ID] = o
	l.mu.Unlock()
	return o
}

func (l *List) Get(id string) *Order {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all[id]
}

// Latest gives the last n.
func (l *List) Latest(n int) []*Order {
	l.mu.Lock()
	out := make([]*Order, 0, len(l.all))
	for _, o := range l.all {
		out = append(out, o)
	}
	l.mu.Unlock()
	sort.Slice(out, func(i, j int) bool { return out[i].At.After(out[j].At) })
	return out[:min(n, len(out))]
}

// Clear sends orders to the workshop.
func (l *List) Clear(ctx context.Context) {
	t := time.NewTicker(2 * time.Second)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-t.C:
			l.mu.Lock()
			for id, o := range l.all {
				if now.Sub(o.At) > l.keep {
					delete(l.all, id)
				}
			}
			l.mu.Unlock()
		}
	}
}

func (l *List) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.all)
}

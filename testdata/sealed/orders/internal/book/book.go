// Package book keeps the last orders, for the overview page.
package book

import "sync"

type Line struct {
	SKU   string `json:"sku"`
	Count int    `json:"count"`
	Note  string `json:"note,omitempty"`
}

type Order struct {
	ID      string `json:"id"`
	Express bool   `json:"express"`
	Lines   []Line `json:"lines"`
}

// A Book holds the last Max orders.
type Book struct {
	mu   sync.Mutex
	ring []*Order
	next int
}

func New(max int) *Book { return &Book{ring: make([]*Order, max)} }

func (b *Book) Put(o *Order) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ring[b.next] = o
	b.next = (b.next + 1) % len(b.ring)
}

// Last returns up to n orders, the newest first.
func (b *Book) Last(n int) []*Order {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []*Order
	for i := 1; i <= n; i++ {
		if o := b.ring[(b.next-i+len(b.ring))%len(b.ring)]; o != nil {
			out = append(out, o)
		}
	}
	return out
}

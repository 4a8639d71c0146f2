// Package receipt renders the answer to an order, and gives the same answer to a client that asks again.
package receipt

import (
	"fmt"
	"sync"

	"git.fjord.dev/orders/internal/book"
)

const size = 11 << 10

// Render returns a receipt that fits the printers of the warehouses: a block of fixed size.
func Render(o *book.Order) []byte {
	b := make([]byte, 0, size)
	b = fmt.Appendf(b, "ORDER %s EXPRESS %v\n", o.ID, o.Express)
	for i, l := range o.Lines {
		b = fmt.Appendf(b, "%3d %-12s %4d %s\n", i, l.SKU, l.Count, l.Note)
	}
	for len(b) < size {
		b = append(b, ' ')
	}
	return b
}

// Replies remembers what was answered, by idempotency key.
type Replies struct {
	mu sync.RWMutex
	m  map[string][]byte
}

func NewReplies() *Replies { return &Replies{m: make(map[string][]byte)} }

func (r *Replies) Get(key string) ([]byte, bool) {
	if key == "" {
		return nil, false
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	b, ok := r.m[key]
	return b, ok
}

func (r *Replies) Remember(key string, b []byte) {
	if key == "" {
		return
	}
	r.mu.Lock()
	r.m[key] = b
	r.mu.Unlock()
}

func (r *Replies) Len() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return len(r.m)
}

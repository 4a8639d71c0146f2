// Package catalog keeps what can be ordered from whom.
package catalog

import (
	"sync"

	"trade.example/catalogsync/internal/feed"
)

type key struct{ supplier, sku string }

// Item is what the shop needs of an offer.
type Item struct {
	Cents, Stock int64
	Rev          [8]byte
}

// Catalog is safe for many.
type Catalog struct {
	mu    sync.RWMutex
	items map[key]Item
	acks  map[string][][]byte
}

func New() *Catalog {
	return &Catalog{items: map[key]Item{}, acks: map[string][][]byte{}}
}

// Apply puts a batch into the catalog and notes its receipt, for the list that a supplier may ask for.
func (c *Catalog) Apply(b *feed.Batch) (changed int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, o := range b.Offers {
		it := Item{Cents: o.Cents, Stock: o.Stock}
		copy(it.Rev[:], o.Revision)
		k := key{b.Supplier, o.SKU}
		if c.items[k] != it {
			c.items[k] = it
			changed++
		}
	}
	c.acks[b.Supplier] = append(c.acks[b.Supplier], b.Receipt)
	return changed
}

// Price tells the price of an article.
func (c *Catalog) Price(supplier, sku string) (Item, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	it, ok := c.items[key{supplier, sku}]
	return it, ok
}

// Receipts are the marks of the batches that were applied.
func (c *Catalog) Receipts(supplier string) [][]byte {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.acks[supplier]
}

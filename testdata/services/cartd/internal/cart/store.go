package cart

import (
	"sync"
	"time"
)

type Key struct{ Tenant, ID string }

type Item struct {
	SKU  string `json:"sku"`
	Qty  int    `json:"qty"`
	Note string `json:"note"`
}

type Cart struct {
	mu      sync.Mutex
	created time.Time
	scratch [2048]byte // rendered summary
	items   []Item
}

func (c *Cart) Add(it Item) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.items = append(c.items, it)
}

func (c *Cart) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.items)
}

type Store struct {
	mu    sync.RWMutex
	carts map[Key]*Cart
}

func NewStore() *Store { return &Store{carts: make(map[Key]*Cart)} }

func (s *Store) GetOrCreate(k Key) *Cart {
	s.mu.RLock()
	c, ok := s.carts[k]
	s.mu.RUnlock()
	if ok {
		return c
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok = s.carts[k]; !ok {
		c = newCart()
		s.carts[k] = c
	}
	return c
}

func newCart() *Cart { return &Cart{created: time.Now()} }

func (s *Store) Delete(k Key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.carts, k)
}

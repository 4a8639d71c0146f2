// Package catalogue knows the heads of all documents that came in.
package catalogue

import (
	"encoding/hex"
	"sync"
)

type Catalogue struct {
	mu    sync.RWMutex
	heads map[string][]byte
}

func New() *Catalogue { return &Catalogue{heads: make(map[string][]byte)} }

func (c *Catalogue) Put(id string, head []byte) {
	c.mu.Lock()
	c.heads[id] = head
	c.mu.Unlock()
}

func (c *Catalogue) Head(id string) (string, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	h, ok := c.heads[id]
	return hex.EncodeToString(h), ok
}

func (c *Catalogue) Len() int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return len(c.heads)
}

// Package lru is a small cache.
package lru

import (
	"container/list"
	"sync"
)

type pair[K comparable, V any] struct {
	k K
	v V
}

// Cache keeps the n entries that were used last.
type Cache[K comparable, V any] struct {
	n  int
	mu sync.Mutex
	l  *list.List
	m  map[K]*list.Element
}

func New[K comparable, V any](n int) *Cache[K, V] {
	return &Cache[K, V]{n: n, l: list.New(), m: make(map[K]*list.Element)}
}

func (c *Cache[K, V]) Get(k K) (v V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.m[k]
	if !ok {
		return v, false
	}
	c.l.MoveToFront(e)
	return e.Value.(*pair[K, V]).v, true
}

func (c *Cache[K, V]) Put(k K, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.m[k]; ok {
		e.Value.(*pair[K, V]).v = v
		c.l.MoveToFront(e)
		return
	}
	c.m[k] = c.l.PushFront(&pair[K, V]{k, v})
	if c.l.Len() > c.n {
		o := c.l.Back()
		c.l.Remove(o)
		delete(c.m, o.Value.(*pair[K, V]).k)
	}
}

// Package lru is a cache that forgets what was not asked for the longest time.
package lru

import (
	"container/list"
	"strings"
	"sync"
)

type entry[V any] struct {
	key   string
	value V
}

// Cache of values by a text in which neither case nor blanks matter.
type Cache[V any] struct {
	mu    sync.Mutex
	max   int
	order *list.List
	index map[string]*list.Element
}

// New makes a cache of at most max values.
func New[V any](max int) *Cache[V] {
	return &Cache[V]{max: max, order: list.New(), index: map[string]*list.Element{}}
}

func fold(key string) string { return strings.ToLower(strings.Join(strings.Fields(key), " ")) }

// Get gives a value.
func (c *Cache[V]) Get(key string) (v V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.index[fold(key)]
	if !ok {
		return v, false
	}
	n := e.Value.(*entry[V])
	c.order.MoveToFront(e)
	return n.value, true
}

// Add adds a value and drops the last when there are too many.
func (c *Cache[V]) Add(key string, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, ok := c.index[fold(key)]; ok {
		c.order.Remove(old)
	}
	c.index[fold(key)] = c.order.PushFront(&entry[V]{key, v})
	for c.order.Len() > c.max {
		e := c.order.Back()
		c.order.Remove(e)
		delete(c.index, e.Value.(*entry[V]).key)
	}
}

// Len is the number of values, in order and by key.
func (c *Cache[V]) Len() (order, index int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.order.Len(), len(c.index)
}

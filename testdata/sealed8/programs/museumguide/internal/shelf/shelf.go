// Package shelf keeps what was used last.
package shelf

import (
	"container/list"
	"sync"
)

type Shelf[K comparable, V any] struct {
	mu    sync.Mutex
	room  int
	order *list.List
	at    map[K]*list.Element
}

type slot[K comparable, V any] struct {
	key K
	val V
}

func New[K comparable, V any](room int) *Shelf[K, V] {
	return &Shelf[K, V]{room: room, order: list.New(), at: map[K]*list.Element{}}
}

func (s *Shelf[K, V]) Get(k K) (v V, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.at[k]
	if !ok {
		return v, false
	}
	s.order.MoveToFront(e)
	return e.Value.(*slot[K, V]).val, true
}

func (s *Shelf[K, V]) Put(k K, v V) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.at[k]; ok {
		e.Value.(*slot[K, V]).val = v
		s.order.MoveToFront(e)
		return
	}
	s.at[k] = s.order.PushFront(&slot[K, V]{k, v})
	if s.order.Len() > s.room {
		e := s.order.Back()
		s.order.Remove(e)
		delete(s.at, e.Value.(*slot[K, V]).key)
	}
}

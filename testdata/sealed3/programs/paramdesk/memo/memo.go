// Package memo keeps answers that were worked out before.
package memo

import (
	"container/list"
	"encoding/json"
	"sync"
)

type entry struct {
	key  string
	body []byte
}

// Memo keeps the answers used last, as many as its limit says (all, if it is 0).
type Memo struct {
	limit int
	mu    sync.Mutex
	byKey map[string]*list.Element
	order *list.List
}

func New(limit int) *Memo {
	return &Memo{limit: limit, byKey: map[string]*list.Element{}, order: list.New()}
}

func (m *Memo) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.byKey)
}

// Get gives the answer for key, and works it out if need be.
func (m *Memo) Get(key string, work func() any) ([]byte, error) {
	m.mu.Lock()
	if e, ok := m.byKey[key]; ok {
		m.order.MoveToFront(e)
		m.mu.Unlock()
		return e.Value.(*entry).body, nil
	}
	m.mu.Unlock()
	return m.put(key, work())
}

func (m *Memo) put(key string, v any) ([]byte, error) {
	body, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.byKey[key] = m.order.PushFront(&entry{key, body})
	if m.limit > 0 && m.order.Len() > m.limit {
		old := m.order.Remove(m.order.Back()).(*entry)
		delete(m.byKey, old.key)
	}
	return body, nil
}

package ids

import "sync"

type Set struct {
	mu sync.Mutex
	m  map[string]struct{}
}

func NewSet() *Set { return &Set{m: map[string]struct{}{}} }

// Mark remembers an id.
func (s *Set) Mark(id string) {
	s.mu.Lock()
	s.m[id] = struct{}{}
	s.mu.Unlock()
}

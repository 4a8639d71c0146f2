// Package memo remembers values for a time that is the same for all of them.
package memo

import (
	"container/list"
	"hash/maphash"
	"sync"
	"time"
)

type entry[V any] struct {
	key string
	val V
	due time.Time
}

type shard[V any] struct {
	sync.Mutex
	at    map[string]*list.Element
	queue list.List // oldest first
	gone  int
}

type Memo[V any] struct {
	ttl    time.Duration
	seed   maphash.Seed
	shards []shard[V]
}

func New[V any](ttl time.Duration, shards int) *Memo[V] {
	m := &Memo[V]{ttl: ttl, seed: maphash.MakeSeed(), shards: make([]shard[V], shards)}
	for i := range m.shards {
		m.shards[i].at = make(map[string]*list.Element)
	}
	go m.janitor()
	return m
}

func (m *Memo[V]) of(key string) *shard[V] {
	return &m.shards[maphash.String(m.seed, key)%uint64(len(m.shards))]
}

func (m *Memo[V]) Get(key string) (v V, ok bool) {
	s := m.of(key)
	s.Lock()
	defer s.Unlock()
	e := s.at[key]
	if e == nil {
		return v, false
	}
	x := e.Value.(*entry[V])
	return x.val, time.Now().Before(x.due)
}

func (m *Memo[V]) Put(key string, v V) {
	s := m.of(key)
	s.Lock()
	defer s.Unlock()
	if e := s.at[key]; e != nil {
		s.queue.Remove(e)
	}
	s.at[key] = s.queue.PushBack(&entry[V]{key, v, time.Now().Add(m.ttl)})
}

// janitor walks over one shard a second.
func (m *Memo[V]) janitor() {
	i := 0
	for now := range time.Tick(time.Second) {
		s := &m.shards[i%len(m.shards)]
		i++
		s.Lock()
		for e := s.queue.Front(); e != nil && e.Value.(*entry[V]).due.Before(now); e = s.queue.Front() {
			delete(s.at, s.queue.Remove(e).(*entry[V]).key)
			s.gone++
		}
		s.Unlock()
	}
}

func (m *Memo[V]) State() (n, gone int) {
	for i := range m.shards {
		s := &m.shards[i]
		s.Lock()
		n += s.queue.Len()
		gone += s.gone
		s.Unlock()
	}
	return
}

// Package film has the pictures that were looked at last, up to so many bytes.
package film

import (
	"container/list"
	"log"
	"sync"
	"time"
)

type Key struct {
	Cam    string
	Minute int
}

type frame struct {
	key     Key
	picture []byte
}

type Strip struct {
	mu      sync.Mutex
	room    int
	used    int
	dropped int
	since   time.Time
	order   *list.List
	at      map[Key]*list.Element
}

func New(room int) *Strip {
	return &Strip{room: room, since: time.Now(), order: list.New(), at: make(map[Key]*list.Element)}
}

func (s *Strip) Get(k Key) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.at[k]
	if e == nil {
		return nil, false
	}
	s.order.MoveToFront(e)
	return e.Value.(*frame).picture, true
}

func (s *Strip) Put(k Key, picture []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.at[k]; e != nil {
		s.order.MoveToFront(e)
		return
	}
	s.at[k] = s.order.PushFront(&frame{k, picture})
	s.used += len(picture)
	for s.used > s.room {
		if s.dropped == 0 {
			log.Printf("film: %d pictures, full after %v", s.order.Len(), time.Since(s.since).Round(time.Second))
		}
		e := s.order.Back()
		f := s.order.Remove(e).(*frame)
		delete(s.at, f.key)
		s.used -= len(f.picture)
		s.dropped++
	}
}

type State struct{ Pictures, Bytes, Dropped int }

func (s *Strip) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return State{s.order.Len(), s.used, s.dropped}
}

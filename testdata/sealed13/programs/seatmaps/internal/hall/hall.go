// Package hall draws which seats of a performance are free.
package hall

import (
	"bytes"
	"encoding/binary"
	"hash/fnv"
	"sync"
	"sync/atomic"

	lru "github.com/hashicorp/golang-lru"
)

// Map is a plan of the seats, as it is sent.
type Map struct {
	Performance int
	Free        int
	Data        []byte
}

// Maps keeps the plans that are looked at most.
type Maps struct {
	cache *lru.ARCCache
	drawn atomic.Int64
	work  sync.Pool
}

func New(size int) (*Maps, error) {
	c, err := lru.NewARC(size)
	if err != nil {
		return nil, err
	}
	return &Maps{cache: c, work: sync.Pool{New: func() any { return bytes.NewBuffer(make([]byte, 0, 16<<10)) }}}, nil
}

// Get is the plan of a performance.
func (m *Maps) Get(performance int) *Map {
	if v, ok := m.cache.Get(performance); ok {
		return v.(*Map)
	}
	p := m.draw(performance)
	m.cache.Add(performance, p)
	return p
}

// Changed has a plan drawn anew when it is asked for.
func (m *Maps) Changed(performance int) { m.cache.Remove(performance) }

func (m *Maps) draw(performance int) *Map {
	m.drawn.Add(1)
	b := m.work.Get().(*bytes.Buffer)
	defer m.work.Put(b)
	b.Reset()
	h := fnv.New32a()
	p := &Map{Performance: performance}
	for row := range 24 + performance%12 {
		for seat := range 30 {
			var k [12]byte
			binary.BigEndian.PutUint32(k[:], uint32(performance))
			binary.BigEndian.PutUint32(k[4:], uint32(row))
			binary.BigEndian.PutUint32(k[8:], uint32(seat))
			h.Reset()
			h.Write(k[:])
			s := h.Sum32()
			free := byte('x')
			if s%3 == 0 {
				free = '.'
				p.Free++
			}
			b.Write([]byte{byte('A' + row), byte(seat), free, byte(s >> 8)})
		}
	}
	p.Data = append([]byte(nil), b.Bytes()...)
	return p
}

// Stats is how many plans are kept, and were drawn.
func (m *Maps) Stats() (kept int, drawn int64) { return m.cache.Len(), m.drawn.Load() }

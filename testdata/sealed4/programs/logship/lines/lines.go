// Package lines keeps the last lines of each machine.
package lines

import (
	"sync"
	"sync/atomic"
)

// A Ring has the last lines, oldest first from at.
type Ring struct {
	mu    sync.Mutex
	lines []string
	at    int
}

type Book struct {
	rings []Ring
	keep  int
	Lines atomic.Int64
}

func New(machines, keep int) *Book { return &Book{rings: make([]Ring, machines), keep: keep} }

func (b *Book) Add(machine int, line string) {
	b.Lines.Add(1)
	r := &b.rings[machine]
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.lines) < b.keep {
		r.lines = append(r.lines, line)
		return
	}
	r.lines[r.at] = line
	r.at = (r.at + 1) % b.keep
}

func (b *Book) Last(machine, n int) (ls []string) {
	r := &b.rings[machine]
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := max(0, len(r.lines)-n); i < len(r.lines); i++ {
		ls = append(ls, r.lines[(r.at+i)%len(r.lines)])
	}
	return ls
}

func (b *Book) Len() (n int) {
	for i := range b.rings {
		r := &b.rings[i]
		r.mu.Lock()
		n += len(r.lines)
		r.mu.Unlock()
	}
	return n
}

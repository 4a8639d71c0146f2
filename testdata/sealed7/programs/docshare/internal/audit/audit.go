// Package audit keeps the last things that people did, for the page of the administrators.
package audit

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// Ring holds the last of T.
type Ring[T any] struct {
	mu   sync.Mutex
	buf  []T
	next int
	full bool
}

func NewRing[T any](n int) *Ring[T] { return &Ring[T]{buf: make([]T, n)} }

func (r *Ring[T]) Put(v T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.buf[r.next] = v
	r.next = (r.next + 1) % len(r.buf)
	r.full = r.full || r.next == 0
}

func (r *Ring[T]) All() []T {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.full {
		return append([]T(nil), r.buf[:r.next]...)
	}
	return append(append([]T(nil), r.buf[r.next:]...), r.buf[:r.next]...)
}

// Entry is one deed.
type Entry struct {
	When         time.Time
	Method, Path string
	Took         time.Duration
	Agent        string
}

// Page lists entries.
func Page(r *Ring[Entry]) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for _, e := range r.All() {
			fmt.Fprintln(w, e.When.Format(time.TimeOnly), e.Method, e.Path, e.Took)
		}
	}
}

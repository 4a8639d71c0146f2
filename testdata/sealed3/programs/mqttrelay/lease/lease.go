// Package lease keeps which shop has which place for how long.
package lease

import (
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

type Lease struct {
	Shop, Text string
	Lines      []string
	until      time.Time
}

type Book struct {
	ttl time.Duration
	mu  sync.Mutex
	by  map[string]*Lease
	Set atomic.Int64
}

func New(ttl time.Duration) *Book { return &Book{ttl: ttl, by: map[string]*Lease{}} }

func (b *Book) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.by)
}

// Put takes a place, or takes it again for the time to come.
func (b *Book) Put(w http.ResponseWriter, r *http.Request) {
	l := &Lease{until: time.Now().Add(b.ttl)}
	if err := json.NewDecoder(r.Body).Decode(l); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	id := r.PathValue("id")
	b.mu.Lock()
	b.by[id] = l
	b.mu.Unlock()
	b.Set.Add(1)
	time.AfterFunc(b.ttl, func() { b.expire(id, l) })
	json.NewEncoder(w).Encode(map[string]any{"until": l.until})
}

func (b *Book) expire(id string, l *Lease) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.by[id] == l {
		delete(b.by, id)
	}
}

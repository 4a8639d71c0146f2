package main

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

type lease struct {
	key   string
	done  chan struct{}
	grant [2048]byte
}

type leaser struct {
	mu     sync.Mutex
	leases map[string]*lease
}

func (l *leaser) acquire(key string) *lease {
	le := &lease{key: key, done: make(chan struct{})}
	l.mu.Lock()
	l.leases[key] = le
	l.mu.Unlock()
	go l.expire(le, time.Hour)
	return le
}

func (l *leaser) expire(le *lease, after time.Duration) {
	t := time.NewTimer(after)
	defer t.Stop()
	select {
	case <-t.C:
	case <-le.done:
	}
	l.mu.Lock()
	delete(l.leases, le.key)
	l.mu.Unlock()
}

func main() {
	l := &leaser{leases: map[string]*lease{}}
	run(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		le := l.acquire(r.URL.Path)
		fmt.Fprintln(w, le.key) // close(le.done) is forgotten
	}), 50, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("POST", fmt.Sprintf("%s/%d", base, i), nil)
		return req
	})
}

package main

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

type window struct {
	mu      sync.Mutex
	buckets map[int64]*bucket
}

type bucket struct {
	count   int
	latency []time.Duration
}

func (w *window) observe(now time.Time, took time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	k := now.Unix()
	b := w.buckets[k]
	if b == nil {
		b = &bucket{}
		w.buckets[k] = b
		for old := range w.buckets {
			if old < k-10 {
				delete(w.buckets, old)
			}
		}
	}
	b.count++
	b.latency = append(b.latency, took)
}

func main() {
	w := &window{buckets: map[int64]*bucket{}}
	run(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		start := time.Now()
		for range 300 {
			w.observe(start, time.Since(start))
		}
		fmt.Fprintln(rw, "ok")
	}), 100, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", base+"/", nil)
		return req
	})
}

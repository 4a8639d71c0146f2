package main

import (
	"fmt"
	"net/http"
	"runtime"
	"sync"
)

type limiter struct {
	mu      sync.Mutex
	clients map[string]*bucket
}

type bucket struct {
	tokens float64
	window [60]float64
}

func (l *limiter) allow(ip string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.clients[ip]
	if b == nil {
		b = &bucket{tokens: 10}
		l.clients[ip] = b
	}
	b.tokens--
	return b.tokens > 0
}

func main() {
	runtime.MemProfileRate = 8 << 10
	l := &limiter{clients: make(map[string]*bucket)}
	run(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, l.allow(r.Header.Get("X-Ip"))) }), 40, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", base+"/", nil)
		req.Header.Set("X-Ip", fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255))
		return req
	})
}

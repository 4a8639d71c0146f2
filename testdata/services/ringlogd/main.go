package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
)

// ring keeps the last lines for /debug/log.
type ring struct {
	sync.Mutex
	lines [1024]string
	next  int
}

func (r *ring) add(line string) {
	r.Lock()
	r.lines[r.next%len(r.lines)] = line
	r.next++
	r.Unlock()
}

func main() {
	var log ring
	run(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		log.add(fmt.Sprintf("%s %s %s", r.Method, r.URL, strings.Repeat("-", 2000)))
	}), 150, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", fmt.Sprintf("%s/%d", base, i), nil)
		return req
	})
}

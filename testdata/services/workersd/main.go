package main

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

type pool struct{ tasks chan func() }

// grow starts workers when there is work, up to a hundred.
func newPool(n int) *pool {
	p := &pool{tasks: make(chan func(), 64)}
	go func() {
		for range n {
			go p.work(make([]byte, 32<<10))
			time.Sleep(40 * time.Millisecond)
		}
	}()
	return p
}

func (p *pool) work(scratch []byte) {
	for t := range p.tasks {
		scratch[0]++
		t()
	}
}

func (p *pool) submit(ctx context.Context, t func()) {
	select {
	case p.tasks <- t:
	case <-ctx.Done():
	}
}

func main() {
	p := newPool(100)
	run(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		done := make(chan struct{})
		p.submit(r.Context(), func() { time.Sleep(3 * time.Millisecond); close(done) })
		<-done
		fmt.Fprintln(w, "done")
	}), 100, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", base+"/", nil)
		return req
	})
}

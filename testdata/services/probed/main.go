package main

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"
)

type checker struct {
	ok atomic.Int64
}

func (c *checker) check(ctx context.Context) {
	select {
	case <-ctx.Done():
	default:
		c.ok.Add(1)
	}
}

func (c *checker) run(ctx context.Context) {
	t := time.NewTicker(500 * time.Microsecond)
	defer t.Stop()
	for range t.C {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
		defer cancel()
		c.check(ctx)
	}
}

func main() {
	c := new(checker)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go c.run(ctx)
	run(http.NotFoundHandler(), 5, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", base, nil)
		return req
	})
}

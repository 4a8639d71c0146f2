// Package workers runs jobs on workers that have a Redis connection each. It starts a new one when all are busy.
package workers

import (
	"context"
	"log"
	"sync"

	"github.com/gomodule/redigo/redis"
)

// A Job gets a connection and scratch memory that is its own while it runs.
type Job func(c redis.Conn, scratch []byte)

type Pool struct {
	addr string
	max  int
	jobs chan Job

	mu      sync.Mutex
	workers int
}

func New(addr string, max int) *Pool {
	return &Pool{addr: addr, max: max, jobs: make(chan Job)}
}

// Do runs the job and returns when it is done.
func (p *Pool) Do(ctx context.Context, job Job) error {
	done := make(chan struct{})
	j := func(c redis.Conn, scratch []byte) {
		defer close(done)
		job(c, scratch)
	}
	select {
	case p.jobs <- j: // somebody is idle
	default:
		if err := p.grow(); err != nil {
			return err
		}
		select {
		case p.jobs <- j:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	<-done
	return nil
}

func (p *Pool) grow() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.workers >= p.max {
		return nil
	}
	c, err := redis.Dial("tcp", p.addr)
	if err != nil {
		return err
	}
	p.workers++
	go p.work(c)
	return nil
}

func (p *Pool) work(c redis.Conn) {
	scratch := make([]byte, 64<<10)
	for job := range p.jobs {
		job(c, scratch)
		if err := c.Err(); err != nil {
			log.Print(err)
			if c, err = redis.Dial("tcp", p.addr); err != nil {
				break
			}
		}
	}
	p.mu.Lock()
	p.workers--
	p.mu.Unlock()
}

func (p *Pool) Len() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.workers
}

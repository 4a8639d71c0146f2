// Package work asks the store, with as many workers as there is work for.
package work

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"gopkg.in/fatih/pool.v2"
)

type job struct {
	shelf string
	done  chan string
}

type Pool struct {
	conns         pool.Pool
	jobs          chan job
	max           int64
	Workers, Done atomic.Int64
}

// New has min to max workers, and connections for as many.
func New(addr string, min, max int) (*Pool, error) {
	c, err := pool.NewChannelPool(min, max, func() (net.Conn, error) { return net.DialTimeout("tcp", addr, 3*time.Second) })
	if err != nil {
		return nil, err
	}
	return &Pool{conns: c, jobs: make(chan job), max: int64(max)}, nil
}

func (p *Pool) Pick(w http.ResponseWriter, r *http.Request) {
	j := job{r.PathValue("shelf"), make(chan string, 1)}
	select {
	case p.jobs <- j:
	default:
		if p.Workers.Add(1) > p.max {
			p.Workers.Add(-1)
		} else {
			go p.worker()
		}
		select {
		case p.jobs <- j:
		case <-time.After(4 * time.Second):
			http.Error(w, "busy", http.StatusServiceUnavailable)
			return
		}
	}
	fmt.Fprintln(w, <-j.done)
	p.Done.Add(1)
}

// worker works until there has been nothing to do for ten seconds.
func (p *Pool) worker() {
	defer p.Workers.Add(-1)
	scratch := make([]byte, 0, 64<<10)
	idle := time.NewTimer(10 * time.Second)
	for {
		idle.Reset(10 * time.Second)
		select {
		case j := <-p.jobs:
			scratch = p.ask(scratch[:0], j)
			j.done <- string(scratch)
		case <-idle.C:
			return
		}
	}
}

func (p *Pool) ask(b []byte, j job) []byte {
	c, err := p.conns.Get()
	if err != nil {
		return append(b, err.Error()...)
	}
	defer c.Close() // back to the pool
	c.SetDeadline(time.Now().Add(8 * time.Second))
	if _, err := fmt.Fprintln(c, j.shelf); err != nil {
		return append(b, err.Error()...)
	}
	s := bufio.NewScanner(c)
	s.Scan()
	return append(b, s.Bytes()...)
}

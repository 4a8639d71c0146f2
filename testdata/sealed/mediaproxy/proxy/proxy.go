// Package proxy streams media from an origin to players, at the speed of the players.
package proxy

import (
	"context"
	"io"
	"log"
	"math/rand"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"mediaproxy/limits"
)

const chunk = 48 << 10

type Proxy struct {
	Gate   limits.Gate
	Active int64
	Total  int64
}

type stream struct {
	ctx    context.Context
	chunks chan []byte
	left   int
}

// fill reads from the origin ahead of the player.
func (s *stream) fill() {
	defer close(s.chunks)
	for s.left > 0 {
		b := make([]byte, chunk)
		rand.Read(b[:512])
		select {
		case s.chunks <- b:
			s.left--
		case <-s.ctx.Done():
			return
		}
	}
}

// report tells the accounting every second how far the stream is.
func (s *stream) report(id int64, wg *sync.WaitGroup) {
	defer wg.Done()
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			if id%50 == 0 {
				log.Printf("stream %d: %d chunks are left", id, s.left)
			}
		case <-s.ctx.Done():
			return
		}
	}
}

func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := p.Gate.Enter(r.Context()); err != nil {
		return
	}
	defer p.Gate.Leave()
	n, _ := strconv.Atoi(r.URL.Query().Get("chunks"))
	ctx, cancel := context.WithCancel(r.Context())
	s := &stream{ctx: ctx, chunks: make(chan []byte, 3), left: n}
	var wg sync.WaitGroup
	wg.Add(1)
	go s.fill()
	go s.report(atomic.AddInt64(&p.Total, 1), &wg)
	atomic.AddInt64(&p.Active, 1)
	defer func() {
		cancel()
		wg.Wait()
		atomic.AddInt64(&p.Active, -1)
	}()
	for b := range s.chunks {
		if _, err := w.Write(b); err != nil {
			return
		}
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
		time.Sleep(400 * time.Millisecond) // the player's speed
	}
}

var _ io.Writer = http.ResponseWriter(nil)

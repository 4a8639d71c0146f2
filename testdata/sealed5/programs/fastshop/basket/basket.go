// Package basket has the open baskets.
package basket

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/valyala/fasthttp"
)

type line struct {
	article []byte
	price   int
	labels  [16]uint64
}

type basket struct {
	lines []*line
	total int
}

type Shop struct {
	mu      sync.Mutex
	baskets map[string]*basket
	Paid    atomic.Int64
}

func New() *Shop { return &Shop{baskets: map[string]*basket{}} }

func (s *Shop) Open() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int64(len(s.baskets))
}

func (s *Shop) Serve(at string) error {
	srv := &fasthttp.Server{Handler: s.handle, Name: "fastshop", ReadBufferSize: 16 << 10, WriteBufferSize: 16 << 10}
	return srv.ListenAndServe(at)
}

func (s *Shop) handle(ctx *fasthttp.RequestCtx) {
	id := string(ctx.QueryArgs().Peek("basket"))
	switch string(ctx.Path()) {
	case "/add":
		fmt.Fprintln(ctx, s.add(id, ctx.PostBody()))
	case "/pay":
		s.pay(id)
	default:
		ctx.NotFound()
	}
}

func (s *Shop) add(id string, article []byte) int {
	l := &line{article: append([]byte(nil), article...), price: len(article) * 7 % 1999}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.baskets[id]
	if b == nil {
		b = &basket{}
		s.baskets[id] = b
	}
	b.lines = append(b.lines, l)
	b.total += l.price
	return b.total
}

func (s *Shop) pay(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.baskets, id)
	s.Paid.Add(1)
}

// API server. Each request gets a context of its own, below the one of the server.
// LEAK: its cancel function is never called, so the server's context keeps the contexts of all requests.
package main

import (
	"context"
	"time"
)

type requestKey struct{}

type requestInfo struct {
	route   string
	started time.Time
	headers [400]byte
}

type request struct {
	ctx    context.Context
	cancel context.CancelFunc
}

type server struct {
	base context.Context // ends with the server
}

func main() {
	recorder := openRecorder()
	startShop(1)
	base, cancel := context.WithCancel(context.Background())
	defer cancel()
	s := &server{base: base}
	steadily(1500, func() { s.serve("/orders") })
	recorder.run()
}

func (s *server) serve(route string) bool {
	r := s.begin(route)
	info := r.ctx.Value(requestKey{}).(*requestInfo)
	return r.ctx.Err() == nil && info.route == route
}

func (s *server) begin(route string) *request {
	info := &requestInfo{route: route, started: time.Now()}
	ctx, cancel := context.WithCancel(context.WithValue(s.base, requestKey{}, info))
	return &request{ctx: ctx, cancel: cancel}
}

// Video player. A stream and its decoder know each other, and a finalizer closes a stream that nobody uses
// any more.
// LEAK: an object with a finalizer that is part of a cycle is never collected.
package main

import (
	"runtime"
	"sync/atomic"
)

type stream struct {
	name    string
	decoder *decoder
}

type decoder struct {
	source *stream
	frame  [24 << 10]byte
}

type player struct {
	closed atomic.Int64
}

func main() {
	recorder := openRecorder()
	startShop(1)
	p := new(player)
	steadily(40, func() { p.play("trailer") })
	recorder.run()
}

func (p *player) play(name string) {
	s := p.open(name)
	copy(s.decoder.frame[:], name)
}

func (p *player) open(name string) *stream {
	s := &stream{name: name}
	s.decoder = &decoder{source: s}
	runtime.SetFinalizer(s, func(*stream) { p.closed.Add(1) })
	return s
}

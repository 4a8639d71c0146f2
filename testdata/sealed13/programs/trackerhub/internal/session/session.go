// Package session talks to one tracker.
package session

import (
	"bufio"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"freight.example/trackerhub/internal/fleet"
	"freight.example/trackerhub/internal/wire"
)

// Options are the same for all sessions.
type Options struct {
	PingEvery time.Duration
	ReadSize  int
	Log       *zap.Logger
	Fleet     *fleet.Fleet
}

// Session is a tracker's connection. It has three goroutines, which end when the connection is closed.
type Session struct {
	opt   *Options
	conn  net.Conn
	plate string
	in    *bufio.Reader
	body  []byte
	fixes []wire.Fix
	out   chan wire.Frame
	done  chan struct{}
	once  sync.Once
	ended func(*Session)
	since time.Time
	pongs atomic.Int64
}

// New makes a session of a connection that was accepted.
func New(conn net.Conn, opt *Options, ended func(*Session)) *Session {
	return &Session{
		opt:   opt,
		conn:  conn,
		in:    bufio.NewReaderSize(conn, opt.ReadSize),
		body:  make([]byte, wire.MaxBody),
		fixes: make([]wire.Fix, 0, 64),
		out:   make(chan wire.Frame, 16),
		done:  make(chan struct{}),
		ended: ended,
		since: time.Now(),
	}
}

// Start starts the session's goroutines.
func (s *Session) Start() {
	go s.readLoop()
	go s.writeLoop()
	go s.pingLoop()
}

// Close ends the session; it may be called more than once.
func (s *Session) Close() {
	s.once.Do(func() {
		close(s.done)
		s.conn.Close()
		s.ended(s)
	})
}

// Age is how long the session has been there.
func (s *Session) Age() time.Duration { return time.Since(s.since) }

func (s *Session) readLoop() {
	defer s.Close()
	var head [wire.HeadLen]byte
	for {
		if _, err := io.ReadFull(s.in, head[:]); err != nil {
			if err != io.EOF {
				s.opt.Log.Debug("read", zap.String("plate", s.plate), zap.Error(err))
			}
			return
		}
		typ, n, err := wire.Head(head[:])
		if err != nil {
			s.opt.Log.Warn("frame", zap.String("plate", s.plate), zap.Error(err))
			return
		}
		if _, err := io.ReadFull(s.in, s.body[:n]); err != nil {
			return
		}
		switch typ {
		case wire.Hello:
			s.plate = string(s.body[:n])
		case wire.Position:
			s.fixes = wire.Fixes(s.body[:n], s.fixes[:0])
			s.opt.Fleet.Record(s.plate, s.fixes)
			s.send(wire.Frame{Type: wire.Ack, Body: []byte{byte(len(s.fixes))}})
		case wire.Pong:
			s.pongs.Add(1)
		}
	}
}

func (s *Session) send(f wire.Frame) {
	select {
	case s.out <- f:
	case <-s.done:
	}
}

func (s *Session) writeLoop() {
	defer s.Close()
	buf := make([]byte, 0, 2<<10)
	for {
		select {
		case f := <-s.out:
			buf = wire.Append(buf[:0], f)
			if _, err := s.conn.Write(buf); err != nil {
				return
			}
		case <-s.done:
			return
		}
	}
}

func (s *Session) pingLoop() {
	t := time.NewTicker(s.opt.PingEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			s.send(wire.Frame{Type: wire.Ping})
		case <-s.done:
			return
		}
	}
}

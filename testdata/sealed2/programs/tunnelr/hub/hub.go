// Package hub has the tunnels of agents in the field: one yamux session each.
package hub

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/yamux"
)

// Agent is one machine in the field.
type Agent struct {
	name string
	sess *yamux.Session
	tail ring
}

type ring struct {
	mu    sync.Mutex
	lines [][]byte
	next  int
}

func (r *ring) add(b []byte) {
	r.mu.Lock()
	copy(r.lines[r.next%len(r.lines)], b)
	r.next++
	r.mu.Unlock()
}

func newRing(n int) ring {
	r := ring{lines: make([][]byte, n)}
	for i := range r.lines {
		r.lines[i] = make([]byte, 512)
	}
	return r
}

type Hub struct {
	mu     sync.Mutex
	agents map[string]*Agent

	Sessions, Replaced atomic.Int64
}

func New() *Hub { return &Hub{agents: map[string]*Agent{}} }

func (h *Hub) Len() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return int64(len(h.agents))
}

// Listen takes tunnels for ever.
func (h *Hub) Listen(l net.Listener) error {
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go h.handle(c)
	}
}

func (h *Hub) handle(c net.Conn) {
	cfg := yamux.DefaultConfig()
	cfg.EnableKeepAlive = false // agents pay for each byte
	cfg.LogOutput = io.Discard
	sess, err := yamux.Server(c, cfg)
	if err != nil {
		c.Close()
		return
	}
	h.Sessions.Add(1)
	defer h.Sessions.Add(-1)
	hello, err := sess.AcceptStream()
	if err != nil {
		sess.Close()
		return
	}
	name, err := bufio.NewReaderSize(hello, 256).ReadString('\n')
	hello.Close()
	if err != nil {
		sess.Close()
		return
	}
	a := &Agent{name: strings.TrimSpace(name), sess: sess, tail: newRing(32)}
	h.mu.Lock()
	if h.agents[a.name] != nil {
		h.Replaced.Add(1)
	}
	h.agents[a.name] = a
	h.mu.Unlock()
	a.serve()
	h.mu.Lock()
	if h.agents[a.name] == a {
		delete(h.agents, a.name)
	}
	h.mu.Unlock()
}

func (a *Agent) serve() {
	defer a.sess.Close()
	for {
		st, err := a.sess.AcceptStream()
		if err != nil {
			return
		}
		go a.report(st)
	}
}

// report takes a log that the agent sends.
func (a *Agent) report(st *yamux.Stream) {
	defer st.Close()
	buf := make([]byte, 16<<10)
	for {
		n, err := st.Read(buf)
		a.tail.add(buf[:n])
		if err != nil {
			return
		}
	}
}

// Ping opens a stream to an agent and waits for it to answer.
func (h *Hub) Ping(name string) (time.Duration, error) {
	h.mu.Lock()
	a := h.agents[name]
	h.mu.Unlock()
	if a == nil {
		return 0, errors.New("no such agent")
	}
	start := time.Now()
	st, err := a.sess.OpenStream()
	if err != nil {
		return 0, err
	}
	defer st.Close()
	st.SetDeadline(start.Add(5 * time.Second))
	fmt.Fprintln(st, "ping")
	_, err = bufio.NewReaderSize(st, 64).ReadString('\n')
	return time.Since(start), err
}

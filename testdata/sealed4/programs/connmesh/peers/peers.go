// Package peers keeps the connections of other sites.
package peers

import (
	"bufio"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

type peer struct {
	conn net.Conn
	name string
	out  chan string
	log  [256]string // what it said last
	n    int
}

type Site struct {
	mu          sync.Mutex
	peers       map[string]*peer
	Peers, Came atomic.Int64
}

func New() *Site { return &Site{peers: map[string]*peer{}} }

func (s *Site) Serve(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go s.serve(c)
	}
}

func (s *Site) serve(c net.Conn) {
	defer c.Close()
	in := bufio.NewReaderSize(c, 16<<10)
	c.SetReadDeadline(time.Now().Add(30 * time.Second))
	name, err := in.ReadString('\n')
	if err != nil {
		return
	}
	p := &peer{conn: c, name: name, out: make(chan string, 16)}
	s.mu.Lock()
	if old := s.peers[name]; old != nil {
		old.conn.Close()
	}
	s.peers[name] = p
	s.mu.Unlock()
	s.Came.Add(1)
	s.Peers.Add(1)
	defer s.Peers.Add(-1)
	done := make(chan struct{})
	defer close(done)
	go p.write(done)
	for {
		c.SetReadDeadline(time.Now().Add(30 * time.Second))
		line, err := in.ReadString('\n')
		if err != nil {
			break
		}
		p.log[p.n%len(p.log)] = line[:min(len(line), 24)]
		if len(line) > 24 {
			p.log[p.n%len(p.log)] = string([]byte(line[:24]))
		}
		p.n++
		select {
		case p.out <- "ok":
		default:
		}
	}
	s.mu.Lock()
	if s.peers[name] == p {
		delete(s.peers, name)
	}
	s.mu.Unlock()
}

func (p *peer) write(done <-chan struct{}) {
	w := bufio.NewWriterSize(p.conn, 8<<10)
	t := time.NewTicker(5 * time.Second)
	defer t.Stop()
	for {
		select {
		case m := <-p.out:
			fmt.Fprintln(w, m)
		case <-t.C:
			fmt.Fprintln(w, "hello")
		case <-done:
			return
		}
		if err := w.Flush(); err != nil {
			return
		}
	}
}

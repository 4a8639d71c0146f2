package registry

import (
	"fmt"
	"sync"
)

type Conn struct {
	addr, room string
	upgraded   bool
	out        []byte
}

func NewConn(addr, room string) *Conn {
	return &Conn{addr: addr, room: room, out: make([]byte, 0, 2048)}
}

func (c *Conn) Upgrade() { c.upgraded = true }

func (c *Conn) id() string { return fmt.Sprintf("%s/%s/%p/%t", c.room, c.addr, c, c.upgraded) }

type Registry struct {
	sync.RWMutex
	conns map[string]*Conn
}

func New() *Registry { return &Registry{conns: make(map[string]*Conn)} }

func (r *Registry) Register(c *Conn) {
	r.Lock()
	defer r.Unlock()
	r.conns[c.id()] = c
}

// Unregister forgets a connection; by then its id is another one.
func (r *Registry) Unregister(c *Conn) {
	r.Lock()
	defer r.Unlock()
	delete(r.conns, c.id())
}

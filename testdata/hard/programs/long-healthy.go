// News service: a cache of pages, logins, and readers that stay connected.
// BENIGN: the cache is full after 25 minutes and then forgets the page that nobody has asked for the longest time;
// a session ends after six minutes, and a reader leaves after two to ten.
package main

import (
	"container/list"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"time"
)

type page struct {
	address string
	html    [1000]byte
}

type lru struct {
	mu        sync.Mutex
	capacity  int
	order     *list.List
	byAddress map[string]*list.Element
}

type session struct {
	user        string
	expires     time.Time
	preferences [232]byte
}

type sessions struct {
	mu      sync.Mutex
	byToken map[string]*session
}

type reader struct {
	news  chan string
	leave <-chan time.Time
	out   [16 << 10]byte
}

type newsroom struct {
	mu      sync.Mutex
	readers map[*reader]bool
}

func main() {
	recorder := openRecorder()
	startShop(0.3)
	cache := &lru{capacity: 12_000, order: list.New(), byAddress: make(map[string]*list.Element)}
	logins := &sessions{byToken: make(map[string]*session)}
	recorder.held = cache.len
	arrivals(wave(60, 180), func() { cache.serve(rand.IntN(1_000_000)) })
	arrivals(wave(30, 90), logins.serveLogin)
	n := &newsroom{readers: make(map[*reader]bool)}
	arrivals(wave(0.12, 0.36), func() { go n.serveReader() })
	go logins.expire()
	recorder.run()
}

// wave is a load that goes from low to high and back in twenty minutes.
func wave(low, high float64) func(time.Duration) float64 {
	return func(t time.Duration) float64 {
		return low + (high-low)*(1-math.Cos(2*math.Pi*t.Minutes()/20))/2
	}
}

// serve answers from the cache; one request in thirteen is for a page that is not one of the popular ones.
func (c *lru) serve(n int) *page {
	if n%13 != 0 {
		n %= 200
	}
	address := fmt.Sprintf("/news/%d", n)
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.byAddress[address]; e != nil {
		c.order.MoveToFront(e)
		return e.Value.(*page)
	}
	p := c.render(address)
	c.byAddress[address] = c.order.PushFront(p)
	if c.order.Len() > c.capacity {
		oldest := c.order.Remove(c.order.Back()).(*page)
		delete(c.byAddress, oldest.address)
	}
	return p
}

func (c *lru) render(address string) *page {
	p := &page{address: address}
	copy(p.html[:], "<html>")
	return p
}

func (c *lru) len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.order.Len()
}

func (s *sessions) serveLogin() {
	token := fmt.Sprintf("%016x", rand.Uint64())
	v := &session{user: "somebody", expires: time.Now().Add(6 * time.Minute)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byToken[token] = v
}

func (s *sessions) expire() {
	for now := range time.Tick(5 * time.Second) {
		s.mu.Lock()
		for token, v := range s.byToken {
			if v.expires.Before(now) {
				delete(s.byToken, token)
			}
		}
		s.mu.Unlock()
	}
}

// serveReader sends a reader the news for as long as it stays.
func (n *newsroom) serveReader() {
	r := n.join(time.Duration(120+rand.IntN(480)) * time.Second)
	defer n.part(r)
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			copy(r.out[:], "nothing new")
		case text := <-r.news:
			copy(r.out[:], text)
		case <-r.leave:
			return
		}
	}
}
func (n *newsroom) join(stay time.Duration) *reader {
	r := &reader{news: make(chan string), leave: time.After(stay)}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.readers[r] = true
	return r
}

func (n *newsroom) part(r *reader) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.readers, r)
}

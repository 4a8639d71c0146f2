// Newspaper. It renders articles, and notes what every reader has read.
// LEAK 1, the bigger one: rendered pages are cached under their whole address, with the query, for ever.
// LEAK 2, the smaller one: the notes are only ever appended to.
package main

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

type page struct {
	rendered time.Time
	html     [4000]byte
}

type pageCache struct {
	mu    sync.Mutex
	pages map[string]*page
}

type note struct {
	reader  int
	article int
	from    [100]byte
}

type notes struct {
	mu   sync.Mutex
	read []*note
}

func main() {
	recorder := openRecorder()
	startShop(1)
	cache := &pageCache{pages: make(map[string]*page)}
	n := new(notes)
	steadily(250, func() {
		cache.page(fmt.Sprintf("/article/%d?visit=%016x", rand.IntN(100), rand.Uint64()))
	})
	steadily(2500, func() { n.add(rand.IntN(1000), rand.IntN(100)) })
	recorder.run()
}

func (c *pageCache) page(address string) *page {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.pages[address]
	if p == nil {
		p = &page{rendered: time.Now()}
		c.pages[address] = p
	}
	return p
}

func (n *notes) add(reader, article int) {
	entry := &note{reader: reader, article: article}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.read = append(n.read, entry)
}

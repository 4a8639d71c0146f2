// Package index keeps the pages that were seen last, in two generations.
package index

import (
	"sync"

	"press.example/linkwatch/internal/page"
)

// Index forgets the older half when the newer is full.
type Index struct {
	half int

	mu       sync.RWMutex
	now, old map[string]*page.Page
}

func New(n int) *Index { return &Index{half: n / 2, now: map[string]*page.Page{}} }

// Put keeps p.
func (x *Index) Put(p *page.Page) {
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.old, p.URL)
	x.now[p.URL] = p
	if len(x.now) >= x.half {
		x.old, x.now = x.now, make(map[string]*page.Page, x.half)
	}
}

// Get finds a page.
func (x *Index) Get(url string) *page.Page {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if p := x.now[url]; p != nil {
		return p
	}
	return x.old[url]
}

// Len is how many there are.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.now) + len(x.old)
}

// Profile service. Profiles are loaded for the pages, through a cache that is bounded, and for the audit.
// LEAK: the audit keeps each profile that it has loaded. Both load them with the same function.
package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
)

type profile struct {
	name    string
	groups  []string
	rights  map[string]bool
	picture []byte
	address [400]byte
}

type cache struct {
	mu    sync.Mutex
	order []int // the oldest first
	byID  map[int]*profile
}

type audit struct {
	mu   sync.Mutex
	seen []*profile
}

func main() {
	recorder := openRecorder()
	startShop(0.5)
	c := &cache{byID: make(map[int]*profile)}
	a := new(audit)
	recorder.held = func() int { return c.len() + a.len() }
	steadily(220, func() { c.get(rand.IntN(20_000)) })
	steadily(32, func() { a.record(rand.IntN(20_000)) })
	recorder.run()
}

func loadProfile(id int) *profile {
	p := &profile{name: fmt.Sprintf("user %d", id)}
	p.groups = strings.Split("readers,writers,editors,owners", ",")
	p.rights = loadRights(id)
	p.picture = loadPicture(id)
	return p
}

func loadRights(id int) map[string]bool {
	rights := make(map[string]bool)
	for i := range 7 {
		rights[fmt.Sprintf("right-%d", id+i)] = true
	}
	return rights
}

func loadPicture(id int) []byte {
	picture := make([]byte, 1200)
	picture[0] = byte(id)
	return picture
}

func (c *cache) get(id int) *profile {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.byID[id]; p != nil {
		return p
	}
	p := loadProfile(id)
	c.byID[id] = p
	c.order = append(c.order, id)
	if len(c.order) > 2500 {
		delete(c.byID, c.order[0])
		c.order = c.order[1:]
	}
	return p
}

func (a *audit) record(id int) {
	p := loadProfile(id)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.seen = append(a.seen, p)
	kept.Add(1)
}

func (c *cache) len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.order)
}

func (a *audit) len() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.seen)
}

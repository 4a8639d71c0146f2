package main

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"net/http"
	"sync"
	"time"
)

type entry struct {
	at  time.Time
	val []byte
}

// ttl is a cache whose entries live five seconds.
type ttl struct {
	mu sync.Mutex
	m  map[string]entry
}

func (c *ttl) get(k string) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.m[k]
	return e.val, ok
}

func (c *ttl) put(k string, v []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.m[k] = entry{time.Now(), v}
}

func (c *ttl) sweep() {
	for range time.Tick(500 * time.Millisecond) {
		c.mu.Lock()
		for k, e := range c.m {
			if time.Since(e.at) > 5*time.Second {
				delete(c.m, k)
			}
		}
		c.mu.Unlock()
	}
}

func main() {
	c := &ttl{m: map[string]entry{}}
	go c.sweep()
	run(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sum := sha1.Sum([]byte(r.URL.Path))
		k := hex.EncodeToString(sum[:])
		if _, ok := c.get(k); !ok {
			c.put(k, make([]byte, 6000))
		}
		fmt.Fprintln(w, k)
	}), 150, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", fmt.Sprintf("%s/%d", base, i), nil)
		return req
	})
}

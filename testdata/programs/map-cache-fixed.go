// Session service. Every login opens a session of a second, and the cache keeps it by its token.
// FIXED: the cache removes expired sessions four times a second, so it stays as large as one second's logins.
package main

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

const sessionLifetime = time.Second

type session struct {
	user        string
	expires     time.Time
	preferences [400]byte
}

type sessionCache struct {
	mu      sync.Mutex
	byToken map[string]*session
}

func main() {
	recorder := openRecorder()
	startShop(1)
	cache := &sessionCache{byToken: make(map[string]*session)}
	go cache.expire()
	steadily(2000, cache.serveLogin)
	recorder.run()
}

func (c *sessionCache) serveLogin() {
	token := fmt.Sprintf("%016x%016x", rand.Uint64(), rand.Uint64())
	s := c.open(token, "somebody")
	copy(s.preferences[:], "theme=dark")
}

func (c *sessionCache) open(token, user string) *session {
	s := &session{user: user, expires: time.Now().Add(sessionLifetime)}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.byToken[token] = s
	return s
}

func (c *sessionCache) expire() {
	for now := range time.Tick(250 * time.Millisecond) {
		c.mu.Lock()
		for token, s := range c.byToken {
			if s.expires.Before(now) {
				delete(c.byToken, token)
			}
		}
		c.mu.Unlock()
	}
}

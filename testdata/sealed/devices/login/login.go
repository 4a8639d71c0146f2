// Package login issues tokens that are valid for a short while.
package login

import (
	"crypto/rand"
	"encoding/hex"
	"time"

	cache "github.com/patrickmn/go-cache"
)

type Session struct {
	User    string
	Claims  map[string]string
	Profile []byte
}

type Sessions struct{ c *cache.Cache }

func New(ttl time.Duration) *Sessions { return &Sessions{cache.New(ttl, 10*time.Second)} }

func (s *Sessions) Login(user string) string {
	var b [16]byte
	rand.Read(b[:])
	token := hex.EncodeToString(b[:])
	s.c.SetDefault(token, &Session{User: user, Claims: map[string]string{"role": "device", "user": user}, Profile: make([]byte, 7000)})
	return token
}

func (s *Sessions) Get(token string) *Session {
	if v, ok := s.c.Get(token); ok {
		return v.(*Session)
	}
	return nil
}

func (s *Sessions) Len() int { return s.c.ItemCount() }

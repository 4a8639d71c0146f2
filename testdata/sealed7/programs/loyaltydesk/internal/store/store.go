// Package store keeps members in redis, and writes visits behind.
package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/gomodule/redigo/redis"

	"shop.example/loyaltydesk/internal/lru"
)

// Member of the programme.
type Member struct {
	ID      int
	Points  int64
	History []Visit
}

// Visit to a shop.
type Visit struct {
	Shop, Receipt string
	Cents         int64
	At            time.Time
}

// Store of members.
type Store struct {
	pool  *redis.Pool
	cache *lru.Cache[int, *Member]

	mu      sync.Mutex
	pending []note
}

type note struct {
	member int
	visit  Visit
	text   string
}

func New(addr string, conns, cached int) *Store {
	return &Store{
		cache: lru.New[int, *Member](cached),
		pool: &redis.Pool{MaxIdle: conns, MaxActive: conns, IdleTimeout: 4 * time.Minute, Wait: true,
			DialContext: func(ctx context.Context) (redis.Conn, error) { return redis.DialContext(ctx, "tcp", addr) },
			TestOnBorrow: func(c redis.Conn, t time.Time) error {
				if time.Since(t) < 30*time.Second {
					return nil
				}
				_, err := c.Do("PING")
				return err
			}},
	}
}

func key(id int) string { return fmt.Sprintf("member:%d", id) }

// Member finds somebody, or somebody new.
func (s *Store) Member(ctx context.Context, id int) (*Member, error) {
	if m, ok := s.cache.Get(id); ok {
		return m, nil
	}
	c, err := s.pool.GetContext(ctx)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	m := &Member{ID: id}
	b, err := redis.Bytes(c.Do("GET", key(id)))
	switch {
	case err == redis.ErrNil:
		for i := 0; i < 12; i++ {
			m.History = append(m.History, Visit{Shop: fmt.Sprintf("shop-%d", (id+i)%40), Receipt: fmt.Sprintf("R%d-%d-%s", id, i, strings.Repeat("0", 24)), Cents: int64(id * i % 9000)})
		}
		if b, err = json.Marshal(m); err == nil {
			_, err = c.Do("SET", key(id), b, "EX", 600)
		}
	case err == nil:
		err = json.Unmarshal(b, m)
	}
	if err != nil {
		return nil, err
	}
	s.cache.Put(id, m)
	return m, nil
}

// Visit notes a visit; it is written with the next flush.
func (s *Store) Visit(id int, v Visit, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending = append(s.pending, note{id, v, text})
}

// Flush writes what is pending every so often, until ctx ends.
func (s *Store) Flush(ctx context.Context, every time.Duration) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		s.mu.Lock()
		todo := s.pending
		s.pending = nil
		s.mu.Unlock()
		c := s.pool.Get()
		for _, n := range todo {
			c.Send("INCRBY", fmt.Sprintf("points:%d", n.member), n.visit.Cents/100)
			c.Send("LPUSH", "log", n.text)
		}
		c.Send("LTRIM", "log", 0, 999)
		c.Flush()
		for range 2*len(todo) + 1 {
			c.Receive()
		}
		c.Close()
	}
}

// Slow is a report that keeps a connection for a while.
func (s *Store) Slow(ctx context.Context, d time.Duration) (int, error) {
	c, err := s.pool.GetContext(ctx)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	n, err := redis.Int(c.Do("LLEN", "log"))
	time.Sleep(d)
	return n, err
}

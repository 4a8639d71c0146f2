// Package bus wraps the Redis channels of the users.
package bus

import (
	"sync/atomic"

	"github.com/gomodule/redigo/redis"
)

type Bus struct {
	pool *redis.Pool
	Live int64 // open subscriptions
}

func New(addr string) *Bus {
	return &Bus{pool: &redis.Pool{
		MaxIdle: 8,
		Dial:    func() (redis.Conn, error) { return redis.Dial("tcp", addr) },
	}}
}

// A Sub is a subscription to the channel of one user.
type Sub struct {
	C       chan []byte
	psc     redis.PubSubConn
	bus     *Bus
	backlog []byte
}

// Subscribe opens a subscription; the caller closes it.
func (b *Bus) Subscribe(user string) (*Sub, error) {
	s := &Sub{C: make(chan []byte, 4), bus: b, backlog: make([]byte, 0, 16<<10)}
	s.psc.Conn = b.pool.Get()
	if err := s.psc.Subscribe("user:" + user); err != nil {
		s.psc.Conn.Close()
		return nil, err
	}
	atomic.AddInt64(&b.Live, 1)
	go s.pump()
	return s, nil
}

func (s *Sub) pump() {
	defer close(s.C)
	defer s.psc.Conn.Close()
	defer atomic.AddInt64(&s.bus.Live, -1)
	for {
		switch m := s.psc.Receive().(type) {
		case redis.Message:
			s.backlog = append(s.backlog[:0], m.Data...)
			select {
			case s.C <- m.Data:
			default:
			}
		case redis.Subscription:
			if m.Count == 0 {
				return
			}
		case error:
			return
		}
	}
}

func (s *Sub) Close() error { return s.psc.Unsubscribe() }

// Publish sends a message to the user.
func (b *Bus) Publish(user string, data []byte) (int, error) {
	c := b.pool.Get()
	defer c.Close()
	return redis.Int(c.Do("PUBLISH", "user:"+user, data))
}

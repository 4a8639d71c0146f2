// Package screens drives the screens at the stops, each over a WebSocket.
package screens

import (
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/zap"

	"transit.example/stopscreens/internal/wire"
)

// Hub knows the screens that are on.
type Hub struct {
	wire *wire.Wire
	log  *zap.Logger

	mu sync.Mutex
	on map[*screen]struct{}
}

func NewHub(w *wire.Wire, log *zap.Logger) *Hub {
	return &Hub{wire: w, log: log, on: map[*screen]struct{}{}}
}

type screen struct {
	conn *websocket.Conn
	stop string
	news chan wire.News
	done chan struct{}
	once sync.Once

	mu    sync.Mutex
	lines map[string]wire.News // the next bus of each line
}

func (s *screen) close() { s.once.Do(func() { close(s.done); s.conn.Close() }) }

// show puts news on its way, if the screen keeps up.
func (s *screen) show(n wire.News) {
	s.mu.Lock()
	s.lines[n.Line] = n
	s.mu.Unlock()
	select {
	case s.news <- n:
	default:
	}
}

// Serve drives one screen until it goes.
func (h *Hub) Serve(c *websocket.Conn, stop string) error {
	s := &screen{conn: c, stop: stop, news: make(chan wire.News, 16), done: make(chan struct{}), lines: map[string]wire.News{}}
	defer s.close()
	unfollow, err := h.wire.Follow(stop, s.show)
	if err != nil {
		return err
	}
	h.mu.Lock()
	h.on[s] = struct{}{}
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		delete(h.on, s)
		h.mu.Unlock()
	}()
	go s.write()
	for {
		c.SetReadDeadline(time.Now().Add(25 * time.Second))
		kind, _, err := c.ReadMessage()
		if websocket.IsCloseError(err, websocket.CloseNormalClosure) {
			unfollow()
			return nil
		}
		if err != nil {
			return err
		}
		if kind != websocket.TextMessage {
			h.log.Debug("screen sent something else", zap.Int("kind", kind))
		}
	}
}

func (s *screen) write() {
	t := time.NewTicker(8 * time.Second)
	defer t.Stop()
	for {
		select {
		case <-s.done:
			return
		case n := <-s.news:
			s.conn.SetWriteDeadline(time.Now().Add(5 * time.Second))
			if s.conn.WriteJSON(n) != nil {
				s.close()
				return
			}
		case <-t.C:
			s.mu.Lock()
			all := make([]wire.News, 0, len(s.lines))
			for _, n := range s.lines {
				all = append(all, n)
			}
			s.mu.Unlock()
			s.conn.SetWriteDeadline(time.Now().Add(5 * time.Second))
			if s.conn.WriteJSON(all) != nil {
				s.close()
				return
			}
		}
	}
}

func (h *Hub) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.on)
}

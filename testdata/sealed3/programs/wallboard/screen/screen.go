// Package screen is the stream that a screen shows.
package screen

import (
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"wallboard/board"
)

type Screens struct {
	board      *board.Board
	Open, Seen atomic.Int64
}

func New(b *board.Board) *Screens { return &Screens{board: b} }

var upgrader = websocket.Upgrader{ReadBufferSize: 4096, WriteBufferSize: 8192}

type screen struct {
	conn  *websocket.Conn
	gone  chan struct{}
	shown [200]board.Departure
	n     int
}

const silence = 12 * time.Second

func (ss *Screens) Serve(w http.ResponseWriter, r *http.Request) {
	c, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	ss.Open.Add(1)
	ss.Seen.Add(1)
	defer ss.Open.Add(-1)
	station, _ := strconv.Atoi(r.FormValue("station"))
	s := &screen{conn: c, gone: make(chan struct{})}
	news, stop := ss.board.Watch(station % 60)
	defer stop()
	go s.listen()
	s.show(news)
}

// listen ends when the screen is gone, or has not answered a ping for too long.
func (s *screen) listen() {
	defer close(s.gone)
	s.conn.SetReadDeadline(time.Now().Add(silence))
	s.conn.SetPongHandler(func(string) error { return s.conn.SetReadDeadline(time.Now().Add(silence)) })
	for {
		if _, _, err := s.conn.ReadMessage(); err != nil {
			return
		}
	}
}

func (s *screen) show(news <-chan []board.Departure) {
	defer s.conn.Close()
	beat := time.NewTicker(silence / 3)
	defer beat.Stop()
	for {
		select {
		case ds := <-news:
			for _, d := range ds {
				s.shown[s.n%len(s.shown)] = d
				s.n++
			}
			s.conn.SetWriteDeadline(time.Now().Add(silence))
			if s.conn.WriteJSON(ds) != nil {
				return
			}
		case <-beat.C:
			if s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(silence)) != nil {
				return
			}
		case <-s.gone:
			return
		}
	}
}

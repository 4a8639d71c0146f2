// Package desk lets phones into the rooms.
package desk

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"quiz.example/quiznight/internal/room"
)

const (
	patience = 40 * time.Second // without a word, or a pong
	pings    = 15 * time.Second
)

type Desk struct {
	rooms []*room.Room
	up    websocket.Upgrader
}

func New(rooms []*room.Room) *Desk {
	return &Desk{rooms: rooms, up: websocket.Upgrader{ReadBufferSize: 2048, WriteBufferSize: 2048, CheckOrigin: func(*http.Request) bool { return true }}}
}

// ServeHTTP answers /pubs/3/play?name=N and /pubs/3/results
func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p := strings.Split(strings.TrimPrefix(r.URL.Path, "/pubs/"), "/")
	n, err := strconv.Atoi(p[0])
	if err != nil || n < 0 || n >= len(d.rooms) || len(p) != 2 {
		http.NotFound(w, r)
		return
	}
	switch p[1] {
	case "play":
		d.play(w, r, d.rooms[n])
	case "results":
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(d.rooms[n].Results())
	default:
		http.NotFound(w, r)
	}
}

func (d *Desk) play(w http.ResponseWriter, r *http.Request, rm *room.Room) {
	c, err := d.up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer c.Close()
	p := rm.Join(r.URL.Query().Get("name"))
	defer rm.Leave(p)
	go send(c, p)
	c.SetReadLimit(16 << 10)
	c.SetReadDeadline(time.Now().Add(patience))
	c.SetPongHandler(func(string) error { return c.SetReadDeadline(time.Now().Add(patience)) })
	for {
		a := new(room.Answer)
		if err := c.ReadJSON(a); err != nil {
			return
		}
		c.SetReadDeadline(time.Now().Add(patience))
		a.Player = p.Name
		rm.Answer(a)
	}
}

// send writes what a player is told until the player has left.
func send(c *websocket.Conn, p *room.Player) {
	t := time.NewTicker(pings)
	defer t.Stop()
	for {
		var err error
		select {
		case b, ok := <-p.Out:
			c.SetWriteDeadline(time.Now().Add(10 * time.Second))
			if !ok {
				c.WriteMessage(websocket.CloseMessage, nil)
				return
			}
			err = c.WriteMessage(websocket.TextMessage, b)
		case <-t.C:
			err = c.WriteControl(websocket.PingMessage, nil, time.Now().Add(10*time.Second))
		}
		if err != nil {
			c.Close()
			return
		}
	}
}

// Package room lets players talk to each other.
package room

import (
	"encoding/json"
	"log"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

type Message struct {
	From string    `json:"from"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

type player struct {
	name    string
	conn    *websocket.Conn
	out     chan []byte
	history [24][]byte // what the player saw last, for a reconnect
	seen    int
}

type Room struct {
	mu       sync.RWMutex
	players  map[*player]bool
	upgrader websocket.Upgrader
}

func New() *Room { return &Room{players: make(map[*player]bool)} }

func (r *Room) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	conn, err := r.upgrader.Upgrade(w, req, nil)
	if err != nil {
		log.Print(err)
		return
	}
	p := &player{name: req.URL.Query().Get("name"), conn: conn, out: make(chan []byte, 32)}
	r.join(p)
	go r.writePump(p)
	r.readPump(p)
}

func (r *Room) join(p *player) {
	r.mu.Lock()
	r.players[p] = true
	r.mu.Unlock()
}

func (r *Room) leave(p *player) {
	r.mu.Lock()
	if r.players[p] {
		delete(r.players, p)
		close(p.out)
	}
	r.mu.Unlock()
}

func (r *Room) readPump(p *player) {
	defer r.leave(p)
	for {
		var m Message
		if err := p.conn.ReadJSON(&m); err != nil {
			return
		}
		m.From, m.At = p.name, time.Now()
		r.whisper(m)
	}
}

// whisper sends the message to five players near by.
func (r *Room) whisper(m Message) {
	b, err := json.Marshal(m)
	if err != nil {
		return
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	n := 0
	for p := range r.players {
		select {
		case p.out <- append([]byte(nil), b...):
		default: // too slow
		}
		if n++; n == 5 {
			return
		}
	}
}

func (r *Room) writePump(p *player) {
	ping := time.NewTicker(5 * time.Second)
	defer ping.Stop()
	defer p.conn.Close()
	for {
		select {
		case b, ok := <-p.out:
			if !ok {
				return
			}
			p.history[p.seen%len(p.history)] = b
			p.seen++
			if p.conn.WriteMessage(websocket.TextMessage, b) != nil {
				return
			}
		case <-ping.C:
			if p.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second)) != nil {
				return
			}
		}
	}
}

func (r *Room) Len() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return len(r.players)
}

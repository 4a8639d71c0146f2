// Package feed has the games, and those who look at them.
package feed

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"livefeed/settings"
)

type event struct {
	Game int
	Text string
	At   time.Time
}

type viewer struct {
	game   int
	conn   *websocket.Conn
	send   chan event
	recent [96]event // what a page shows again after a break
	n      int
	done   chan struct{}
	beat   *time.Ticker
}

type Hub struct {
	set *settings.Settings

	mu      sync.Mutex
	viewers map[*viewer]struct{}
	last    [30][]event

	Viewers, Polls atomic.Int64
}

func New(s *settings.Settings) *Hub { return &Hub{set: s, viewers: map[*viewer]struct{}{}} }

// Play lets something happen in some game each step.
func (h *Hub) Play(step time.Duration) {
	for range time.Tick(step) {
		e := event{rand.Intn(30), fmt.Sprintf("%d minutes: player %d to %x in field %x", rand.Intn(90), rand.Intn(23), rand.Uint64(), rand.Uint64()), time.Now()}
		h.mu.Lock()
		if h.last[e.Game] = append(h.last[e.Game], e); len(h.last[e.Game]) > 50 {
			h.last[e.Game] = append([]event(nil), h.last[e.Game][25:]...)
		}
		for v := range h.viewers {
			if v.game == e.Game {
				select {
				case v.send <- e:
				default:
				}
			}
		}
		h.mu.Unlock()
	}
}

var upgrader = websocket.Upgrader{ReadBufferSize: 4096, WriteBufferSize: 4096}

// Live is a stream of a game's events.
func (h *Hub) Live(w http.ResponseWriter, r *http.Request) {
	c, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	game, _ := strconv.Atoi(r.FormValue("game"))
	v := &viewer{game: game % 30, conn: c, send: make(chan event, 128), done: make(chan struct{}), beat: time.NewTicker(10 * time.Second)}
	h.mu.Lock()
	h.viewers[v] = struct{}{}
	h.mu.Unlock()
	h.Viewers.Add(1)
	go v.write()
	go v.presence()
	v.read()
	close(v.done)
	h.mu.Lock()
	delete(h.viewers, v)
	h.mu.Unlock()
	h.Viewers.Add(-1)
}

func (v *viewer) read() {
	defer v.conn.Close()
	for {
		if _, _, err := v.conn.ReadMessage(); err != nil {
			return
		}
	}
}

func (v *viewer) write() {
	for {
		select {
		case e := <-v.send:
			v.recent[v.n%len(v.recent)] = e
			v.n++
			if v.conn.WriteJSON(e) != nil {
				return
			}
		case <-v.done:
			return
		}
	}
}

// presence says now and then that the page is still there.
func (v *viewer) presence() {
	defer v.beat.Stop()
	for {
		select {
		case <-v.beat.C:
			select {
			case v.send <- event{v.game, "here", time.Now()}:
			default:
			}
		case <-v.done:
			return
		}
	}
}

// page is what a poll shows; it is put into words when it is shown.
type page struct {
	lang   string
	events []event
	words  []string
}

func (p *page) say(lang string) {
	p.lang = lang
	p.words = p.words[:0]
	for _, e := range p.events {
		p.words = append(p.words, lang+": "+e.Text)
	}
}

// Poll answers with the last events of a game, for pages that cannot have a stream.
func (h *Hub) Poll(w http.ResponseWriter, r *http.Request) {
	game, _ := strconv.Atoi(r.FormValue("game"))
	h.Polls.Add(1)
	h.mu.Lock()
	p := &page{events: append([]event(nil), h.last[game%30]...)}
	h.mu.Unlock()
	p.say(h.set.Lang())
	h.set.OnChange(p.say)
	json.NewEncoder(w).Encode(p.words)
}

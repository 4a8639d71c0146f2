// Game server. A player's session has a goroutine and a dozen parts, which are made in as many places.
// LEAK: nobody closes the session's inbox when the player leaves, so the goroutine waits and keeps all of it: one leak.
package main

import (
	"bufio"
	"io"
	"math/rand/v2"
	"sync"
	"time"
)

type position struct{ x, y, z float64 }

type item struct {
	name  string
	count int
}

type inventory struct {
	items []item
	gold  int
}

type message struct{ text string }

type session struct {
	player    int
	inbox     chan message
	path      []position
	inventory *inventory
	skills    *[500]int64
	visible   []*session
	output    *bufio.Writer
	replay    *replay
	terrain   *mapView
	history   []string
}

type replay struct{ frames [6 << 10]byte }

type mapView struct{ cells [5 << 10]byte }

type world struct {
	mu       sync.Mutex
	sessions map[int]*session
}

func main() {
	recorder := openRecorder()
	startShop(1)
	w := &world{sessions: make(map[int]*session)}
	steadily(30, func() { go w.visit(rand.Int()) })
	steadily(10, func() { w.announce("a dragon") })
	recorder.run()
}

// visit is a player who comes and, after a second or so, leaves.
func (w *world) visit(player int) {
	s := newSession(player)
	w.mu.Lock()
	w.sessions[player] = s
	w.mu.Unlock()
	go s.play()
	pause(time.Second)
	w.mu.Lock()
	delete(w.sessions, player)
	w.mu.Unlock()
}

func (w *world) announce(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.sessions {
		select {
		case s.inbox <- message{text: text}:
		default: // too slow
		}
	}
}

func newSession(player int) *session {
	s := &session{player: player}
	s.inbox = make(chan message, 200)
	s.path = make([]position, 0, 170)
	s.inventory = newInventory()
	s.skills = new([500]int64)
	s.visible = make([]*session, 0, 400)
	s.output = bufio.NewWriterSize(io.Discard, 8<<10)
	s.replay = new(replay)
	s.terrain = newMapView()
	return s
}

func newInventory() *inventory { return &inventory{items: make([]item, 0, 120)} }

func newMapView() *mapView {
	v := new(mapView)
	v.cells[0] = 1
	return v
}

func (s *session) play() {
	s.history = make([]string, 0, 256)
	for m := range s.inbox {
		s.history = append(s.history, m.text)
		s.path = append(s.path[:0], position{x: rand.Float64()})
	}
}

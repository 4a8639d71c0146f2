// Package hub hands departures to the boards that show them.
package hub

import (
	"math/rand"
	"sync"
	"time"
)

type Departure struct {
	Line    int
	Car     int
	Track   string
	Planned time.Time
	Last    bool
}

type Board struct {
	C    chan Departure
	stop int
}

type Hub struct {
	mu     sync.Mutex
	boards map[int]map[*Board]bool
}

func New() *Hub { return &Hub{boards: map[int]map[*Board]bool{}} }

func (h *Hub) Mount(stop int) *Board {
	b := &Board{C: make(chan Departure, 96), stop: stop}
	h.mu.Lock()
	defer h.mu.Unlock()
	m := h.boards[stop]
	if m == nil {
		m = map[*Board]bool{}
		h.boards[stop] = m
	}
	m[b] = true
	return b
}

func (h *Hub) Unmount(b *Board) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.boards[b.stop], b)
}

// Drive has trams leave from the stops.
func (h *Hub) Drive(stops int) {
	for n := 0; ; n++ {
		time.Sleep(25 * time.Millisecond)
		stop := rand.Intn(stops)
		d := Departure{Line: rand.Intn(25), Car: 2000 + rand.Intn(250), Track: "A", Planned: time.Now(), Last: rand.Intn(13) == 0}
		h.mu.Lock()
		for b := range h.boards[stop] {
			select {
			case b.C <- d:
			default:
			}
		}
		h.mu.Unlock()
	}
}

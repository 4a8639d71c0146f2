// Package stream pushes commands to devices over connections that stay open.
package stream

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

type device struct {
	id    string
	state [32 << 10]byte // its last report
	cmd   chan string
}

// A Hub has room for max devices.
type Hub struct {
	max int
	mu  sync.Mutex
	dev map[string]*device
}

func New(max int) *Hub { return &Hub{max: max, dev: map[string]*device{}} }

func (h *Hub) attach(id string) (*device, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.dev) >= h.max || h.dev[id] != nil {
		return nil, false
	}
	d := &device{id: id, cmd: make(chan string, 8)}
	h.dev[id] = d
	return d, true
}

func (h *Hub) detach(d *device) {
	h.mu.Lock()
	delete(h.dev, d.id)
	h.mu.Unlock()
}

func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d, ok := h.attach(r.URL.Query().Get("id"))
	if !ok {
		http.Error(w, "no room", http.StatusServiceUnavailable)
		return
	}
	defer h.detach(d)
	w.Header().Set("Content-Type", "text/event-stream")
	beat := time.NewTicker(7 * time.Second)
	defer beat.Stop()
	for {
		select {
		case c := <-d.cmd:
			n := copy(d.state[:], c)
			fmt.Fprintf(w, "data: %s %d\n\n", c, n)
		case <-beat.C:
			fmt.Fprint(w, ": beat\n\n")
		case <-r.Context().Done():
			return
		}
		w.(http.Flusher).Flush()
	}
}

// Command sends a command to a device, if it is there.
func (h *Hub) Command(id, text string) bool {
	h.mu.Lock()
	d := h.dev[id]
	h.mu.Unlock()
	if d == nil {
		return false
	}
	select {
	case d.cmd <- text:
		return true
	default:
		return false
	}
}

func (h *Hub) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.dev)
}

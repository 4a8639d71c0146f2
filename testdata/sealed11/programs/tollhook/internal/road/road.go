// Package road has the gantries, how busy they are, and a drawing of that.
package road

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/gorilla/mux"
)

const minutes = 120

type gantry struct {
	count   [minutes]int
	bytes   uint64
	minute  int64
	drawing []byte // of this minute
	drawn   int64
}

type Net struct {
	mu       sync.Mutex
	gantries []gantry
	pictures int
}

func New(n int) *Net { return &Net{gantries: make([]gantry, n)} }

// Seen counts a passage.
func (n *Net) Seen(at int, pictures int64, size int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if at < 0 || at >= len(n.gantries) {
		return
	}
	g := &n.gantries[at]
	now := time.Now().Unix() / 60
	for g.minute < now {
		g.minute = max(g.minute+1, now-minutes)
		g.count[g.minute%minutes] = 0
	}
	g.count[now%minutes]++
	g.bytes += uint64(size)
	n.pictures += int(pictures)
}

// Gantry draws how many lorries have passed in each of the last minutes.
func (n *Net) Gantry(w http.ResponseWriter, r *http.Request) {
	at, _ := strconv.Atoi(mux.Vars(r)["gantry"])
	n.mu.Lock()
	defer n.mu.Unlock()
	if at < 0 || at >= len(n.gantries) {
		http.NotFound(w, r)
		return
	}
	g := &n.gantries[at]
	if now := time.Now().Unix() / 20; g.drawn != now {
		g.drawn, g.drawing = now, draw(at, g)
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Write(g.drawing)
}

func draw(at int, g *gantry) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="100"><title>gantry %d, %s</title>`, at, humanize.Bytes(g.bytes))
	for i := range minutes {
		h := g.count[(g.minute+1+int64(i))%minutes]
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="3" height="%d" class="bar"/>`, 4*i, 100-2*h, 2*h)
	}
	b.WriteString("</svg>")
	return b.Bytes()
}

func (n *Net) Pictures() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.pictures
}

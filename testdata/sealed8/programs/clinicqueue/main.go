// Command clinicqueue calls the patients of a clinic to their rooms.
//
//go:debug default=go1.27
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	_ "net/http/pprof"
	"sync"
	"time"
)

type Call struct {
	Room  int
	Nurse string
	Since time.Time
}

type patient struct {
	name   string
	since  time.Time
	called chan Call
	forms  []byte
}

type Hall struct {
	mu      sync.Mutex
	waiting map[*patient]struct{}
	seen    int
}

func (h *Hall) sit(name string) *patient {
	p := &patient{name: name, since: time.Now(), called: make(chan Call, 1), forms: make([]byte, 3000+rand.Intn(3000))}
	h.mu.Lock()
	h.waiting[p] = struct{}{}
	h.mu.Unlock()
	return p
}

func (h *Hall) rise(p *patient) {
	h.mu.Lock()
	delete(h.waiting, p)
	h.seen++
	h.mu.Unlock()
}

func (h *Hall) Wait(w http.ResponseWriter, r *http.Request) {
	p := h.sit(r.PathValue("patient"))
	defer h.rise(p)
	tick := time.NewTicker(4 * time.Second)
	defer tick.Stop()
	out := http.NewResponseController(w)
	for {
		select {
		case c := <-p.called:
			json.NewEncoder(w).Encode(c)
			return
		case <-tick.C:
			fmt.Fprintf(w, "{\"waited\":%.0f}\n", time.Since(p.since).Seconds())
			if out.Flush() != nil {
				return
			}
		case <-r.Context().Done():
			return
		}
	}
}

func (h *Hall) Rounds(every time.Duration) {
	for now := range time.Tick(every) {
		h.mu.Lock()
		for p := range h.waiting {
			if w := now.Sub(p.since); w > 24*time.Second || w > 9*time.Second && rand.Intn(14) == 0 {
				select {
				case p.called <- Call{1 + rand.Intn(12), "nurse " + string(rune('A'+rand.Intn(9))), p.since}:
				default:
				}
			}
		}
		h.mu.Unlock()
	}
}

func (h *Hall) Screen(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	names := make([]string, 0, len(h.waiting))
	for p := range h.waiting {
		names = append(names, p.name)
	}
	n := h.seen
	h.mu.Unlock()
	json.NewEncoder(w).Encode(map[string]any{"waiting": names, "seen": n})
}

func main() {
	addr := flag.String("listen", "127.0.0.1:7209", "")
	flag.Parse()
	h := &Hall{waiting: map[*patient]struct{}{}}
	go h.Rounds(time.Second)
	http.HandleFunc("GET /wait/{patient}", h.Wait)
	http.HandleFunc("GET /screen", h.Screen)
	log.Fatal(http.ListenAndServe(*addr, nil))
}

// Package dispatch pages the volunteers of a station.
package dispatch

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"alarm.example/pagerhall/internal/radio"
)

type Call struct {
	Street  string `json:"street"`
	What    string `json:"what"`
	Report  string `json:"report"`
	Station int    `json:"station"`
}

type Page struct {
	ID     uint64
	Number int
	Kind   radio.Kind
	Sent   time.Time
	Text   []byte
	Tries  int
}

type Hall struct {
	radio *radio.Radio

	mu      sync.Mutex
	next    uint64
	waiting map[uint64]*Page // not yet heard
	heard   [100]int         // by station
	slow    time.Duration
}

func New(r *radio.Radio) *Hall {
	h := &Hall{radio: r, waiting: make(map[uint64]*Page)}
	r.OnHeard(h.answered)
	return h
}

// kind of the pager with that number: 58 of 100 are digital by now.
func kind(number int) radio.Kind {
	if number*37%100 < 58 {
		return radio.Digital
	}
	return radio.Tone
}

func (h *Hall) compose(c *Call, number int) *Page {
	p := &Page{Number: number, Kind: kind(number), Sent: time.Now()}
	p.Text = make([]byte, 0, 5120)
	p.Text = fmt.Appendf(p.Text, "%s %s\nSTATION %d PAGER %d\n", strings.ToUpper(c.What), c.Street, c.Station, number)
	p.Text = append(p.Text, c.Report[:min(len(c.Report), 4800)]...)
	return p
}

// Alarm pages three volunteers of the station, one after the other.
func (h *Hall) Alarm(c *Call) int {
	for i := range 3 {
		h.mu.Lock()
		h.next++
		id := h.next
		h.mu.Unlock()
		p := h.compose(c, c.Station*100+int(id%100))
		p.ID = id
		h.mu.Lock()
		h.waiting[id] = p
		h.mu.Unlock()
		p.Tries = i + 1
		h.radio.Send(id, p.Kind, p.Text)
	}
	return 3
}

func (h *Hall) answered(id uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.waiting[id]
	if p == nil {
		return
	}
	delete(h.waiting, id)
	h.heard[p.Number/100%len(h.heard)]++
	if d := time.Since(p.Sent); d > h.slow {
		h.slow = d
	}
}

type Duty struct {
	Heard   int
	Slowest time.Duration
	Best    int
}

func (h *Hall) Duty() (d Duty) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s, n := range h.heard {
		d.Heard += n
		if n > h.heard[d.Best] {
			d.Best = s
		}
	}
	d.Slowest = h.slow
	return d
}

// Package kerb has the tickets that are good now.
package kerb

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"town.example/kerbside/internal/plate"
)

type Ticket struct {
	Plate string
	Zone  int
	From  time.Time
	Until time.Time
	Code  []byte // the code that is shown behind the windscreen, a byte a module
}

type due struct {
	plate string
	at    time.Time
}

type Kerb struct {
	stand time.Duration

	mu      sync.Mutex
	tickets map[string]*Ticket
	order   []due // the tickets that end first are in front
	taken   map[int]int
}

var ErrPlate = errors.New("that is no number plate")

func New(stand time.Duration) *Kerb {
	k := &Kerb{stand: stand, tickets: make(map[string]*Ticket), taken: make(map[int]int)}
	go k.sweep()
	return k
}

// Park sells a ticket.
func (k *Kerb) Park(zone int, p string) (*Ticket, error) {
	if !plate.Valid(p) {
		return nil, ErrPlate
	}
	t := k.sell(zone, p)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.tickets[p] == nil {
		k.taken[zone]++
	}
	k.tickets[p] = t
	k.order = append(k.order, due{plate.Canonical(p), t.Until})
	return t, nil
}

func (k *Kerb) sell(zone int, p string) *Ticket {
	now := time.Now()
	t := &Ticket{Plate: p, Zone: zone, From: now, Until: now.Add(k.stand)}
	t.Code = make([]byte, 61*61)
	h := uint32(zone)
	for i := range t.Code {
		h = h*16777619 ^ uint32(p[i%len(p)])
		t.Code[i] = byte(h>>13) & 1
	}
	return t
}

// Paid says whether a car has a ticket that is still good.
func (k *Kerb) Paid(p string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	t := k.tickets[p]
	return t != nil && time.Now().Before(t.Until)
}

func (k *Kerb) Free(zone int) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return max(0, 400-k.taken[zone])
}

// sweep takes away the tickets whose time is over.
func (k *Kerb) sweep() {
	for now := range time.Tick(4 * time.Second) {
		k.mu.Lock()
		n := 0
		for n < len(k.order) && k.order[n].at.Before(now) {
			if t, ok := k.tickets[k.order[n].plate]; ok && !t.Until.After(now) {
				delete(k.tickets, t.Plate)
				k.taken[t.Zone]--
			}
			n++
		}
		k.order = append(k.order[:0], k.order[n:]...)
		k.mu.Unlock()
	}
}

func (k *Kerb) Len() (tickets, waiting int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.tickets), len(k.order)
}

type Receipt struct {
	Plate string `json:"plate"`
	Until string `json:"until"`
	Text  string `json:"text"`
}

func (t *Ticket) Receipt() Receipt {
	return Receipt{t.Plate, t.Until.Format(time.TimeOnly), fmt.Sprintf("zone %d, %.0f minutes", t.Zone, t.Until.Sub(t.From).Minutes())}
}

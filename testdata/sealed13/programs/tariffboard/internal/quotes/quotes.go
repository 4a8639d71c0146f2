// Package quotes makes offers for charging a car.
package quotes

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/golang/groupcache/lru"

	"charge.example/tariffboard/internal/zones"
)

// Request is what a car wants to know.
type Request struct {
	Contract string  `json:"contract"`
	Zone     int     `json:"zone"`
	KWh      float64 `json:"kwh"`
	From     int64   `json:"from"`
	Until    int64   `json:"until"`
}

func (r *Request) key() string {
	return fmt.Sprintf("%s/%d/%.2f/%d-%d", r.Contract, r.Zone, r.KWh, r.From, r.Until)
}

// Slot is a quarter of an hour in which the car is charged.
type Slot struct {
	At    int64   `json:"at"`
	KWh   float64 `json:"kwh"`
	Price float64 `json:"price"`
}

// Quote is an offer.
type Quote struct {
	Total   float64   `json:"total"`
	Slots   []Slot    `json:"slots"`
	Good    time.Time `json:"good_until"`
	Request Request   `json:"request"`
}

// Desk makes quotes, and gives the same one again while it is good.
type Desk struct {
	zones    *zones.Zones
	lifetime time.Duration
	mu       sync.Mutex
	cache    *lru.Cache
	hits     atomic.Int64
	asked    atomic.Int64
}

func New(z *zones.Zones, size int, lifetime time.Duration) *Desk {
	return &Desk{zones: z, lifetime: lifetime, cache: lru.New(size)}
}

// Quote is an offer for r.
func (d *Desk) Quote(r Request) *Quote {
	d.asked.Add(1)
	k := r.key()
	if q := d.cached(k); q != nil {
		d.hits.Add(1)
		return q
	}
	q := d.plan(r)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cache.Add(k, q)
	return q
}

func (d *Desk) cached(k string) *Quote {
	d.mu.Lock()
	defer d.mu.Unlock()
	v, ok := d.cache.Get(k)
	if !ok {
		return nil
	}
	q := v.(*Quote)
	if time.Now().After(q.Good) {
		d.cache.Remove(k)
		return nil
	}
	return q
}

// plan spreads what the car needs over the cheaper half of the quarters.
func (d *Desk) plan(r Request) *Quote {
	p := d.zones.Profile(r.Zone)
	first, last := int(r.From/900)%len(p.Prices), int(r.Until/900)%len(p.Prices)
	if last <= first {
		last = len(p.Prices)
	}
	mean := 0.0
	for _, x := range p.Prices[first:last] {
		mean += x
	}
	mean /= float64(last - first)
	slots := make([]Slot, 0, last-first)
	for i, x := range p.Prices[first:last] {
		if x <= mean {
			slots = append(slots, Slot{At: r.From + int64(i)*900, Price: x})
		}
	}
	q := &Quote{Slots: slots, Good: time.Now().Add(d.lifetime), Request: r}
	for i := range slots {
		slots[i].KWh = r.KWh / float64(len(slots))
		q.Total += slots[i].KWh * slots[i].Price
	}
	return q
}

// Stats is how many quotes are kept, were asked for, and were there already.
func (d *Desk) Stats() (kept int, asked, hits int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.cache.Len(), d.asked.Load(), d.hits.Load()
}

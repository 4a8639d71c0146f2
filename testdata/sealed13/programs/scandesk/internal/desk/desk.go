// Package desk has the parcels that somebody has to look at, and what the belts do.
package desk

import (
	"sync"
	"time"

	"parcel.example/scandesk/internal/scan"
)

// minutes is how long the belts' counts are kept.
const minutes = 15

// Belt is what went over a belt in a minute.
type Belt struct {
	Parcels, Exceptions int
	Grams               uint64
}

type belts map[uint32]*Belt

// Desk is what the clerks have open until the evening's closing, and the counts of the last minutes.
type Desk struct {
	mu       sync.Mutex
	open     map[uint64]*scan.Scan
	recent   [minutes]belts
	minute   int64
	taken    int
	resolved int
}

func New() *Desk { return &Desk{open: make(map[uint64]*scan.Scan)} }

// Take books a batch.
func (d *Desk) Take(scans []scan.Scan) {
	d.mu.Lock()
	defer d.mu.Unlock()
	b := d.now()
	for i := range scans {
		s := &scans[i]
		k := uint32(s.Depot)<<16 | uint32(s.Belt)
		c := b[k]
		if c == nil {
			c = &Belt{}
			b[k] = c
		}
		c.Parcels++
		c.Grams += uint64(s.Grams)
		if s.Exception() {
			c.Exceptions++
			d.open[s.Parcel] = s
		}
	}
	d.taken += len(scans)
}

func (d *Desk) now() belts {
	m := time.Now().Unix() / 60
	if m != d.minute {
		d.minute = m
		d.recent[m%minutes] = make(belts)
	}
	return d.recent[m%minutes]
}

// Resolve takes a parcel off the desk.
func (d *Desk) Resolve(parcel uint64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, ok := d.open[parcel]
	if ok {
		delete(d.open, parcel)
		d.resolved++
	}
	return ok
}

// CloseOfDay empties the desk.
func (d *Desk) CloseOfDay() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := len(d.open)
	clear(d.open)
	return n
}

// Open lists what is open in a depot, 50 at the most.
func (d *Desk) Open(depot uint16) []scan.Scan {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []scan.Scan
	for _, s := range d.open {
		if s.Depot == depot {
			if out = append(out, *s); len(out) == 50 {
				break
			}
		}
	}
	return out
}

// Load is what went over a depot's belts in the last minutes.
func (d *Desk) Load(depot uint16) map[uint16]Belt {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make(map[uint16]Belt)
	for _, m := range d.recent {
		for k, b := range m {
			if uint16(k>>16) == depot {
				o := out[uint16(k)]
				o.Parcels, o.Exceptions, o.Grams = o.Parcels+b.Parcels, o.Exceptions+b.Exceptions, o.Grams+b.Grams
				out[uint16(k)] = o
			}
		}
	}
	return out
}

// Stats is how much there is and was.
func (d *Desk) Stats() (open, taken, resolved int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.open), d.taken, d.resolved
}

// Package bookings keeps the last bookings, for the people at the ramp.
package bookings

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

type Passenger struct {
	Name    string `json:"name"`
	Vehicle string `json:"vehicle"`
	Notes   string `json:"notes"`
}

type Booking struct {
	ID         string      `json:"id"`
	Ferry      string      `json:"ferry"`
	Passengers []Passenger `json:"passengers"`
	Slip       string      `json:"-"`
	At         time.Time   `json:"at"`
}

// Ledger has the newest bookings; the oldest go.
type Ledger struct {
	mu   sync.Mutex
	ring []*Booking
	next int
	n    int
}

func NewLedger(size int) *Ledger { return &Ledger{ring: make([]*Booking, size)} }

// Add prints the slip of a booking and keeps it.
func (l *Ledger) Add(b *Booking) {
	var sb strings.Builder
	fmt.Fprintf(&sb, "FERRY %s   BOOKING %s   %s\n", b.Ferry, b.ID, b.At.Format(time.RFC1123))
	for i, p := range b.Passengers {
		fmt.Fprintf(&sb, "%2d  %-30s %-12s %s\n", i+1, p.Name, p.Vehicle, p.Notes)
	}
	sb.WriteString(strings.Repeat("-", 72) + "\nPlease be at the ramp twenty minutes before departure.\n")
	b.Slip = sb.String()
	l.mu.Lock()
	l.ring[l.next] = b
	l.next = (l.next + 1) % len(l.ring)
	l.n++
	l.mu.Unlock()
}

// Of lists the slips of one ferry.
func (l *Ledger) Of(ferry string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for _, b := range l.ring {
		if b != nil && b.Ferry == ferry {
			out = append(out, b.Slip)
		}
	}
	return out
}

func (l *Ledger) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.n < len(l.ring) {
		return l.n
	}
	return len(l.ring)
}

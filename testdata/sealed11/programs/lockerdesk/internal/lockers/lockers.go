// Package lockers knows the sites with parcel lockers, what lies in their compartments and what has happened there lately.
package lockers

import (
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
)

const (
	compartments = 48
	lately       = 40 // notes that a site keeps
)

// Scan is one reading of a parcel's label.
type Scan struct {
	ID     uuid.UUID `json:"id"`
	Parcel string    `json:"parcel"`
	Site   int       `json:"site"`
	State  string    `json:"state"`
	Place  string    `json:"place"`
	At     time.Time `json:"at"`
}

type note struct {
	text string
	at   time.Time
}

type site struct {
	mu     sync.Mutex
	boxes  [compartments]string
	notes  [lately]note
	next   int
	opened time.Time
}

type Sites struct{ all []site }

func NewSites(n int) *Sites { return &Sites{all: make([]site, n)} }

func (s *Sites) at(n int) *site {
	if n < 0 || n >= len(s.all) {
		return nil
	}
	return &s.all[n]
}

// Apply moves a parcel in or out of a compartment, and notes it.
func (s *Sites) Apply(sc *Scan) {
	x := s.at(sc.Site)
	if x == nil {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	box := -1
	for i, p := range x.boxes {
		if p == sc.Parcel || p == "" && box < 0 {
			box = i
		}
	}
	if box < 0 {
		box = int(sc.ID[0]) % compartments // the courier takes the oldest out
	}
	switch sc.State {
	case "stored":
		x.boxes[box] = sc.Parcel
	case "collected", "returned":
		x.boxes[box] = ""
	}
	x.notes[x.next%lately] = note{fmt.Sprintf("%s %s: compartment %d, %s (%s)", sc.Parcel, sc.State, box, sc.Place, sc.ID), sc.At}
	x.next++
	x.opened = sc.At
}

// View is what the page of a site shows.
type View struct {
	Site   int       `json:"site"`
	Free   int       `json:"free"`
	Boxes  []string  `json:"boxes"`
	Notes  []string  `json:"notes"`
	Opened time.Time `json:"opened"`
}

func (s *Sites) View(n int) (*View, bool) {
	x := s.at(n)
	if x == nil {
		return nil, false
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	v := &View{Site: n, Boxes: append([]string(nil), x.boxes[:]...), Opened: x.opened}
	for _, p := range v.Boxes {
		if p == "" {
			v.Free++
		}
	}
	for i := range lately {
		if t := x.notes[(x.next+i)%lately]; t.text != "" {
			v.Notes = append(v.Notes, t.at.Format("15:04:05 ")+t.text)
		}
	}
	return v, true
}

// Notes counts what all sites have noted and still have.
func (s *Sites) Notes() (n int) {
	for i := range s.all {
		x := &s.all[i]
		x.mu.Lock()
		n += min(x.next, lately)
		x.mu.Unlock()
	}
	return n
}

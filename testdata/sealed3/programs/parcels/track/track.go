// Package track knows where parcels were seen last, and which ones are odd.
package track

import (
	"encoding/json"
	"net/http"
	"sync"
)

// A Place is where a parcel was seen. Its weight may be put right there when somebody has looked after it.
type Place struct {
	Depot uint32
	Gate  uint16
	Grams *uint32
}

type Track struct {
	mu   sync.Mutex
	last [1 << 14]struct {
		parcel uint64
		depot  uint32
	}
	odd map[uint64]Place
}

func New() *Track { return &Track{odd: map[uint64]Place{}} }

func (t *Track) Odd() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.odd)
}

func (t *Track) Seen(parcel uint64, depot uint32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := &t.last[parcel%uint64(len(t.last))]
	s.parcel, s.depot = parcel, depot
}

// Note keeps an odd parcel until somebody has looked after it.
func (t *Track) Note(parcel uint64, at Place) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.odd[parcel] = at
}

// List answers with some of the odd parcels.
func (t *Track) List(w http.ResponseWriter, r *http.Request) {
	t.mu.Lock()
	var out []uint64
	for p := range t.odd {
		if out = append(out, p); len(out) == 50 {
			break
		}
	}
	t.mu.Unlock()
	json.NewEncoder(w).Encode(out)
}

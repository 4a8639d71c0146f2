// Package depot takes what a depot has scanned.
package depot

import (
	"encoding/json"
	"net/http"
	"sync/atomic"
	"time"

	"parcels/track"
)

// A Scan is what the machine at a gate saw.
type Scan struct {
	Parcel  uint64
	Depot   uint32
	Gate    uint16
	Grams   uint32
	Size    [3]uint16
	History [16]uint64
}

type Desk struct {
	track *track.Track
	Lists atomic.Int64
}

func New(t *track.Track) *Desk { return &Desk{track: t} }

// Scans takes a list of scans.
func (d *Desk) Scans(w http.ResponseWriter, r *http.Request) {
	in := json.NewDecoder(r.Body)
	if _, err := in.Token(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	scans := make([]Scan, 0, 256)
	for in.More() {
		var s Scan
		if err := in.Decode(&s); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		scans = append(scans, s)
	}
	d.Lists.Add(1)
	time.Sleep(100 * time.Millisecond) // the office that keeps them
	for i := range scans {
		s := &scans[i]
		at := track.Place{Depot: s.Depot, Gate: s.Gate, Grams: &s.Grams}
		if s.Grams == 0 {
			d.track.Note(s.Parcel, at)
			continue
		}
		d.track.Seen(s.Parcel, at.Depot)
	}
}

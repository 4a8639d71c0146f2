// Package desk answers travel agencies.
package desk

import (
	"encoding/json"
	"net/http"

	"hotelfare/fares"
)

type Desk struct{ fares *fares.Fares }

func New(f *fares.Fares) *Desk { return &Desk{f} }

func (d *Desk) Fares(w http.ResponseWriter, r *http.Request) {
	s := d.fares.Season(r.PathValue("key"))
	best := s.Nights[0]
	for _, n := range s.Nights {
		if n.Left > 0 && n.Cents[0] < best.Cents[0] {
			best = n
		}
	}
	json.NewEncoder(w).Encode(map[string]any{"hotel": s.Hotel, "best": best, "nights": s.Nights[:14]})
}

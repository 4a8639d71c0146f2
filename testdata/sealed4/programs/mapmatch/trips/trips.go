// Package trips matches trips to roads.
package trips

import (
	"encoding/json"
	"net/http"
	"sync/atomic"

	"mapmatch/roads"
)

type Point struct{ Tile, X, Y int }

type Trip struct{ Points []Point }

type Desk struct {
	roads *roads.Roads
	Trips atomic.Int64
}

func New(r *roads.Roads) *Desk { return &Desk{roads: r} }

func (d *Desk) Match(w http.ResponseWriter, r *http.Request) {
	var t Trip
	if err := json.NewDecoder(r.Body).Decode(&t); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	d.Trips.Add(1)
	var way []string
	for _, p := range t.Points {
		tile := d.roads.Tile(p.Tile)
		best, at := 1<<40, 0
		for i, r := range tile.Roads {
			dx, dy := p.X-int(r.X1), p.Y-int(r.Y1)
			if l := dx*dx + dy*dy; l < best {
				best, at = l, i
			}
		}
		way = append(way, tile.Names[at-at%12])
	}
	json.NewEncoder(w).Encode(way)
}

// Package grid finds hives near a place.
package grid

import (
	"math"

	"bees.example/hiveregister/internal/store"
)

const cells = 100

type Grid struct {
	cells [cells][cells][]store.Hive
}

func New(hives []store.Hive) *Grid {
	g := &Grid{}
	for _, h := range hives {
		y, x := cell(h.Lat, 47), cell(h.Lon, 8)
		g.cells[y][x] = append(g.cells[y][x], h)
	}
	return g
}

func cell(v, from float64) int {
	return min(max(int((v-from)*cells), 0), cells-1)
}

// Near are the numbers of the hives at most so far from a place, in degrees.
func (g *Grid) Near(lat, lon, far float64) []int {
	var out []int
	for y := cell(lat-far, 47); y <= cell(lat+far, 47); y++ {
		for x := cell(lon-far, 8); x <= cell(lon+far, 8); x++ {
			for _, h := range g.cells[y][x] {
				if math.Hypot(h.Lat-lat, h.Lon-lon) <= far {
					out = append(out, h.ID)
				}
			}
		}
	}
	return out
}

// Package hydrants knows where there is water.
package hydrants

import (
	"hash/fnv"
	"math/rand"
	"sort"

	lru "github.com/hashicorp/golang-lru"
)

type Point struct {
	X, Y   float64
	Metres float64
	Litres int
	Mains  int
}

type Sheet struct {
	Street string
	Points []Point
}

type Maps struct{ sheets *lru.Cache }

func New(n int) (*Maps, error) {
	c, err := lru.New(n)
	if err != nil {
		return nil, err
	}
	return &Maps{c}, nil
}

// Near answers the hydrants about a street, the nearest first.
func (m *Maps) Near(street string) *Sheet {
	if s, ok := m.sheets.Get(street); ok {
		return s.(*Sheet)
	}
	s := survey(street)
	m.sheets.Add(street, s)
	return s
}

func survey(street string) *Sheet {
	h := fnv.New64a()
	h.Write([]byte(street))
	rnd := rand.New(rand.NewSource(int64(h.Sum64())))
	s := &Sheet{Street: street, Points: make([]Point, 100+rnd.Intn(120))}
	for i := range s.Points {
		s.Points[i] = Point{rnd.Float64(), rnd.Float64(), 900 * rnd.Float64(), 400 + 100*rnd.Intn(20), 80 + 20*rnd.Intn(6)}
	}
	sort.Slice(s.Points, func(i, k int) bool { return s.Points[i].Metres < s.Points[k].Metres })
	return s
}

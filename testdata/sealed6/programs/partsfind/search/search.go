// Package search finds parts.
package search

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"partsfind/catalog"
	"partsfind/lru"
)

// Hit is a part that fits.
type Hit struct {
	Number, Name string
	Score, Price int
	Stock        []int // by depot
}

// Search is the handler.
type Search struct {
	parts catalog.Catalog
	cache *lru.Cache[[]*Hit]
}

// New makes a search with a cache of the given size.
func New(parts catalog.Catalog, cached int) *Search {
	return &Search{parts, lru.New[[]*Hit](cached)}
}

// Cached tells how much is in the cache.
func (s *Search) Cached() (int, int) { return s.cache.Len() }

func (s *Search) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.FormValue("q")
	hits, ok := s.cache.Get(q)
	if !ok {
		hits = s.find(q)
		s.cache.Add(q, hits)
	}
	json.NewEncoder(w).Encode(hits[:min(10, len(hits))])
}

func (s *Search) find(q string) []*Hit {
	words := strings.Fields(strings.ToLower(q))
	var hits []*Hit
	for i := range s.parts {
		p := &s.parts[i]
		if n := p.Match(words); n > 1 || n == len(words) {
			hits = append(hits, &Hit{Number: p.Number, Name: p.Name, Score: n, Price: p.Price, Stock: depots(i)})
		}
		if len(hits) == 60 {
			break
		}
	}
	slices.SortStableFunc(hits, func(a, b *Hit) int { return b.Score - a.Score })
	return hits
}

func depots(i int) []int {
	n := make([]int, 6)
	for d := range n {
		n[d] = (i*7 + d*13) % 50
	}
	return n
}

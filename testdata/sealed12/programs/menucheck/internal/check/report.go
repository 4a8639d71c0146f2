package check

import (
	"sort"
	"strings"
	"sync"

	"canteen.example/menucheck/internal/supplier"
)

// Report is what is in a dish.
type Report struct {
	mu       sync.Mutex
	Kitchen  int                 `json:"kitchen"`
	Dish     string              `json:"dish"`
	Contains map[string][]string `json:"contains"` // by allergen: the ingredients
	Traces   map[string]int      `json:"traces"`
	notes    []string
}

func newReport(kitchen int, dish string) *Report {
	return &Report{Kitchen: kitchen, Dish: dish, Contains: map[string][]string{}, Traces: map[string]int{}}
}

func (r *Report) add(of string, s *supplier.Sheet) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range s.Contains {
		r.Contains[a] = append(r.Contains[a], of)
	}
	for _, a := range s.Traces {
		r.Traces[a]++
	}
	r.notes = append(r.notes, s.Text)
}

// Notes is the small print, each sentence once.
func (r *Report) Notes() []string {
	seen := map[string]bool{}
	for _, n := range r.notes {
		for _, s := range strings.SplitAfter(n, ". ") {
			if s != "" {
				seen[s] = true
			}
		}
	}
	out := make([]string, 0, len(seen))
	for s := range seen {
		out = append(out, s)
	}
	sort.Strings(out)
	return out
}

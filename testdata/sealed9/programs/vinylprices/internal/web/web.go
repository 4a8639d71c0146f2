// Package web is the API of the price guide.
package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"records.example/vinylprices/internal/quotes"
)

type site struct{ book *quotes.Book }

func New(b *quotes.Book) http.Handler {
	s := &site{b}
	m := http.NewServeMux()
	m.HandleFunc("GET /releases/{release}", s.release)
	m.HandleFunc("GET /releases/{release}/curve.svg", s.curve)
	m.HandleFunc("POST /collections/value", s.value)
	m.HandleFunc("GET /figures", func(w http.ResponseWriter, r *http.Request) { reply(w, s.book.Figures()) })
	return m
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}

func (s *site) release(w http.ResponseWriter, r *http.Request) {
	q := s.book.Sheet(r.PathValue("release"))
	n := min(len(q.Sales), 10)
	reply(w, map[string]any{
		"release": q.Release, "low": q.Low, "median": q.Median, "high": q.High,
		"remark": q.Remark, "latest": q.Sales[len(q.Sales)-n:],
	})
}

func (s *site) curve(w http.ResponseWriter, r *http.Request) {
	q := s.book.Sheet(r.PathValue("release"))
	var b strings.Builder
	b.Grow(12 * len(q.Curve))
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 428 100"><polyline fill="none" points="`)
	for i, y := range q.Curve {
		fmt.Fprintf(&b, "%d,%.1f ", 2*i, 100-100*y/float64(q.High))
	}
	b.WriteString(`"/></svg>`)
	w.Header().Set("Content-Type", "image/svg+xml")
	fmt.Fprint(w, b.String())
}

func (s *site) value(w http.ResponseWriter, r *http.Request) {
	var releases []string
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(&releases); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if len(releases) > 40 {
		releases = releases[:40]
	}
	lines := make([]string, 0, len(releases))
	var sum int64
	for _, x := range releases {
		q := s.book.Sheet(x)
		sum += int64(q.Median)
		lines = append(lines, fmt.Sprintf("%s\t%d.%02d", x, q.Median/100, q.Median%100))
	}
	reply(w, map[string]any{"total": sum, "lines": lines})
}

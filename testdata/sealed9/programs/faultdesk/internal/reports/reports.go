// Package reports remembers the latest reports.
package reports

import (
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"

	"haul.example/faultdesk/internal/terms"
)

type Report struct {
	Lorry  string
	Note   string
	At     time.Time
	Faults []*terms.Term
}

func (r Report) Advice() string {
	var b strings.Builder
	for _, f := range r.Faults {
		fmt.Fprintf(&b, "%s\n", f.Title)
		for i, s := range f.Steps {
			fmt.Fprintf(&b, "  %d. %s\n", i+1, s)
		}
	}
	return b.String()
}

type Log struct {
	mu   sync.Mutex
	ring []Report
	n    int
}

func NewLog(size int) *Log { return &Log{ring: make([]Report, size)} }

func (l *Log) Add(r Report) {
	r.At = time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ring[l.n%len(l.ring)] = r
	l.n++
}

func (l *Log) Of(lorry string) (out []Report) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.ring {
		if r.Lorry == lorry {
			out = append(out, r)
		}
	}
	return out
}

func (l *Log) Worst(n int) []string {
	count := map[string]int{}
	l.mu.Lock()
	for _, r := range l.ring {
		for _, f := range r.Faults {
			count[f.Title] += 1 + f.Severity
		}
	}
	l.mu.Unlock()
	titles := make([]string, 0, len(count))
	for t := range count {
		titles = append(titles, t)
	}
	sort.Slice(titles, func(i, k int) bool { return count[titles[i]] > count[titles[k]] })
	return titles[:min(n, len(titles))]
}

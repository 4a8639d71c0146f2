// Package readings keeps the last hours of each meter.
package readings

import (
	"encoding/json"
	"net/http"
	"path"
	"strconv"
	"sync"
	"sync/atomic"
)

type Reading struct {
	Meter int
	KWh   float64
	Volts []float64
}

type Table struct {
	mu     sync.Mutex
	meters [3000][4]Reading
	next   [3000]int
	Count  atomic.Int64
}

func New() *Table { return &Table{} }

func (t *Table) Add(r Reading) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := r.Meter % len(t.meters)
	t.meters[i][t.next[i]%4] = r
	t.next[i]++
	t.Count.Add(1)
	return t.next[i]
}

func (t *Table) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(path.Base(r.URL.Path))
	t.mu.Lock()
	m := t.meters[n%len(t.meters)]
	t.mu.Unlock()
	json.NewEncoder(w).Encode(m)
}

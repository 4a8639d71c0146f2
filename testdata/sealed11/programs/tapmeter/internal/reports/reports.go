// Package reports keeps what machines have told, and writes it down.
package reports

import (
	"encoding/csv"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/mux"
)

const keep = 16 // sets of a machine

type set struct {
	At     time.Time          `json:"at"`
	Totals map[string]float64 `json:"totals"`
}

type machine struct {
	sets  []set
	bytes int
}

type Ledger struct {
	mu       sync.Mutex
	machines map[string]*machine
}

func NewLedger() *Ledger { return &Ledger{machines: make(map[string]*machine)} }

// Book notes a set of a machine.
func (l *Ledger) Book(name string, totals map[string]float64, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	m := l.machines[name]
	if m == nil {
		m = new(machine)
		l.machines[name] = m
	}
	m.sets = append(m.sets, set{at, maps.Clone(totals)})
	if n := len(m.sets) - keep; n > 0 {
		clear(m.sets[:n])
		m.sets = slices.Clone(m.sets[n:])
	}
}

// Settle forgets what is older than a quarter of an hour.
func (l *Ledger) Settle(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range l.machines {
		m.sets = slices.DeleteFunc(m.sets, func(s set) bool { return now.Sub(s.At) > 15*time.Minute })
	}
}

func (l *Ledger) of(name string) []set {
	l.mu.Lock()
	defer l.mu.Unlock()
	if m := l.machines[name]; m != nil {
		return slices.Clone(m.sets)
	}
	return nil
}

func (l *Ledger) Machines() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.machines)
}

func (l *Ledger) Samples() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range l.machines {
		n += len(m.sets)
	}
	return n
}

func (l *Ledger) List(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	names := slices.Sorted(maps.Keys(l.machines))
	l.mu.Unlock()
	json.NewEncoder(w).Encode(names)
}

func (l *Ledger) Show(w http.ResponseWriter, r *http.Request) {
	s := l.of(mux.Vars(r)["machine"])
	if len(s) == 0 {
		http.NotFound(w, r)
		return
	}
	json.NewEncoder(w).Encode(s[len(s)-1])
}

func (l *Ledger) CSV(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/csv")
	out := csv.NewWriter(w)
	for _, s := range l.of(mux.Vars(r)["machine"]) {
		row := []string{s.At.Format(time.RFC3339)}
		for _, k := range slices.Sorted(maps.Keys(s.Totals)) {
			row = append(row, k, strconv.FormatFloat(s.Totals[k], 'f', 2, 64))
		}
		out.Write(row)
	}
	out.Flush()
}

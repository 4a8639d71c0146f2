// Package loans has the table of bookings that wait for the next batch.
package loans

import (
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

type Booking struct {
	Loan  string `csv:"loan"`
	Cents int    `csv:"cents"`
	Kind  string `csv:"kind"`
	Text  string `csv:"text"`
	At    int64  `csv:"at"`
}

type Table struct {
	mu     sync.Mutex
	loans  map[string][]*Booking
	n      int
	Booked atomic.Int64
}

func New() *Table { return &Table{loans: map[string][]*Booking{}} }

func (t *Table) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.n
}

func (t *Table) Book(w http.ResponseWriter, r *http.Request) {
	b := &Booking{At: time.Now().UnixMilli()}
	if err := json.NewDecoder(r.Body).Decode(b); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b.Loan = r.PathValue("no")
	t.mu.Lock()
	t.loans[b.Loan] = append(t.loans[b.Loan], b)
	t.n++
	t.mu.Unlock()
	t.Booked.Add(1)
}

func (t *Table) Show(w http.ResponseWriter, r *http.Request) {
	t.mu.Lock()
	defer t.mu.Unlock()
	json.NewEncoder(w).Encode(t.loans[r.PathValue("no")])
}

// Take gives all bookings away and begins anew.
func (t *Table) Take() (bs []*Booking) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, l := range t.loans {
		bs = append(bs, l...)
	}
	t.loans, t.n = map[string][]*Booking{}, 0
	return bs
}

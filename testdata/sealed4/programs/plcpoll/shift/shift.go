// Package shift has what was measured in this shift.
package shift

import (
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"
)

type Measured struct {
	At        time.Time
	Registers []uint16
}

// A Book has the last values of each oven.
type Book struct {
	mu    sync.Mutex
	ovens [][]Measured
	keep  int
}

func New(ovens, keep int) *Book { return &Book{ovens: make([][]Measured, ovens), keep: min(keep, 12)} }

func (b *Book) Note(oven int, m Measured) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o := append(b.ovens[oven], m)
	if len(o) > b.keep {
		copy(o, o[1:])
		o = o[:b.keep]
	}
	b.ovens[oven] = o
}

func (b *Book) Oven(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.PathValue("id"))
	if err != nil || n < 0 || n >= len(b.ovens) {
		http.NotFound(w, r)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	json.NewEncoder(w).Encode(b.ovens[n])
}

// Shift is a sum of all.
func (b *Book) Shift(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	sum := map[int]int{}
	for i, o := range b.ovens {
		for _, m := range o {
			for _, x := range m.Registers {
				sum[i] += int(x)
			}
		}
	}
	json.NewEncoder(w).Encode(sum)
}

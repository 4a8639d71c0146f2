// Package fares works out what a way costs.
package fares

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"sync/atomic"

	"faredge/rail"
)

// Desk answers requests.
type Desk struct {
	lines    *rail.Lines
	open     atomic.Int64
	answered atomic.Int64
}

// New makes a desk.
func New(l *rail.Lines) *Desk { return &Desk{lines: l} }

// Open is the number of requests being answered, Answered that of those that were.
func (d *Desk) Open() int64     { return d.open.Load() }
func (d *Desk) Answered() int64 { return d.answered.Load() }

// zones is what a fare is worked out on, for each request anew.
type zones struct {
	cost [96][128]float64
}

func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.open.Add(1)
	defer d.open.Add(-1)
	z := lay(r.FormValue("from"), r.FormValue("to"))
	rate, err := d.lines.Rate(r.Context(), r.FormValue("from"), r.FormValue("to"))
	if err != nil {
		http.Error(w, err.Error(), 502)
		return
	}
	people, _ := strconv.Atoi(r.FormValue("people"))
	fmt.Fprintf(w, "%.2f\n", z.sum()*float64(rate)*float64(people)/100)
	d.answered.Add(1)
}

func lay(from, to string) *zones {
	z := new(zones)
	a, _ := strconv.Atoi(from)
	b, _ := strconv.Atoi(to)
	for i := range z.cost {
		for j := range z.cost[i] {
			z.cost[i][j] = math.Abs(float64((i*a-j*b)%17)) / 10000
		}
	}
	return z
}

func (z *zones) sum() (s float64) {
	for i := range z.cost {
		for _, c := range z.cost[i] {
			s += c
		}
	}
	return s
}

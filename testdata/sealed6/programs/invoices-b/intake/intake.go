// Package intake remembers the numbers of invoices for a month.
package intake

import (
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/tidwall/gjson"
)

// ErrTwice is the error of an invoice that came before.
var ErrTwice = errors.New("came before")

const month = 30 * 24 * time.Hour

type entry struct {
	supplier string
	at       time.Time
}

// Intake is where invoices come in.
type Intake struct {
	mu     sync.Mutex
	seen   map[string]entry
	totals map[string]float64 // by supplier
	twice  int64
}

// New makes an intake that has seen nothing.
func New() *Intake {
	in := &Intake{seen: map[string]entry{}, totals: map[string]float64{}}
	go in.forget()
	return in
}

func (in *Intake) forget() {
	for now := range time.Tick(time.Hour) {
		in.mu.Lock()
		for n, e := range in.seen {
			if now.Sub(e.at) > month {
				delete(in.seen, n)
			}
		}
		in.mu.Unlock()
	}
}

// Take takes an invoice.
func (in *Intake) Take(raw []byte) error {
	doc := gjson.ParseBytes(raw)
	inv := doc.Get("invoice")
	number := strings.Clone(inv.Get("number").String())
	if number == "" {
		return errors.New("no number")
	}
	supplier := strings.Clone(inv.Get("supplier.id").String())
	var sum float64
	inv.Get("lines").ForEach(func(_, l gjson.Result) bool {
		sum += l.Get("price").Float() * l.Get("pieces").Float()
		return true
	})
	in.mu.Lock()
	defer in.mu.Unlock()
	if _, ok := in.seen[number]; ok {
		in.twice++
		return ErrTwice
	}
	in.seen[number] = entry{supplier, time.Now()}
	in.totals[supplier] += sum
	return nil
}

// Total is what a supplier has asked for.
func (in *Intake) Total(supplier string) float64 {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.totals[supplier]
}

// Seen is the number of invoices known, Twice that of those that came twice.
func (in *Intake) Seen() int64  { in.mu.Lock(); defer in.mu.Unlock(); return int64(len(in.seen)) }
func (in *Intake) Twice() int64 { in.mu.Lock(); defer in.mu.Unlock(); return in.twice }

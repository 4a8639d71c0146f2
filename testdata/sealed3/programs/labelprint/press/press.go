// Package press takes orders for labels.
package press

import (
	"encoding/json"
	"net/http"
	"sync/atomic"
	"time"

	"labelprint/sheet"
)

type Press struct{ Orders, Running, Most atomic.Int64 }

func New() *Press { return new(Press) }

// Labels answers with the sheet of an order.
func (p *Press) Labels(w http.ResponseWriter, r *http.Request) {
	var ls []sheet.Label
	if err := json.NewDecoder(r.Body).Decode(&ls); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p.Orders.Add(1)
	n := p.Running.Add(1)
	defer p.Running.Add(-1)
	if n > p.Most.Load() {
		p.Most.Store(n)
	}
	s := sheet.Get()
	defer sheet.Put(s)
	for i, l := range ls {
		s.Draw(i, l)
	}
	b, err := s.Packed()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	time.Sleep(time.Duration(len(ls)) * 8 * time.Millisecond) // the printer's spooler
	w.Write(b)
}

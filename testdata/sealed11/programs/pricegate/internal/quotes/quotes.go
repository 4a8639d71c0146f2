// Package quotes works out what a policy costs. A quote can be looked at for a while after it was made.
package quotes

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"cover.example/pricegate/internal/tokens"
)

type line struct {
	Month   int             `json:"month"`
	Net     decimal.Decimal `json:"net"`
	Tax     decimal.Decimal `json:"tax"`
	Wording string          `json:"wording"`
}

type Quote struct {
	ID     string    `json:"id"`
	Broker string    `json:"broker"`
	Lines  []line    `json:"lines"`
	Until  time.Time `json:"until"`
}

type Desk struct {
	open time.Duration

	mu     sync.Mutex
	quotes map[string]*Quote
	last   [128]string
	n      int
}

func NewDesk(open time.Duration) *Desk {
	d := &Desk{open: open, quotes: make(map[string]*Quote)}
	go d.expire()
	return d
}

// Make makes a quote.
func (d *Desk) Make(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Value  int
		Months int
		Town   string
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	q := &Quote{ID: uuid.NewString(), Broker: tokens.Broker(r.Context()), Until: time.Now().Add(d.open), Lines: price(in.Value, in.Months, in.Town)}
	d.mu.Lock()
	d.quotes[q.ID] = q
	d.last[d.n%len(d.last)] = q.ID
	d.n++
	d.mu.Unlock()
	w.WriteHeader(http.StatusCreated)
	json.NewEncoder(w).Encode(q)
}

func price(value, months int, town string) []line {
	months = max(6, min(months, 48))
	var out []line
	risk := decimal.NewFromFloat(0.0021 + float64(len(town)%7)*0.0003)
	for m := range months {
		left := decimal.NewFromFloat(float64(value) * math.Pow(0.985, float64(m)))
		net := left.Mul(risk).Round(2)
		out = append(out, line{m + 1, net, net.Mul(decimal.NewFromFloat(0.19)).Round(2),
			fmt.Sprintf("Month %d: theft and damage in %s up to %s, of which 50.00 you bear yourself.", m+1, town, left.StringFixed(2))})
	}
	return out
}

// Show gives a quote that is still open; with "last" one of the latest.
func (d *Desk) Show(w http.ResponseWriter, r *http.Request) {
	id := chi.URLParam(r, "quote")
	d.mu.Lock()
	if id == "last" && d.n > 0 {
		id = d.last[(d.n-1)%len(d.last)]
	}
	q := d.quotes[id]
	d.mu.Unlock()
	if q == nil {
		http.NotFound(w, r)
		return
	}
	json.NewEncoder(w).Encode(q)
}

func (d *Desk) expire() {
	for now := range time.Tick(3 * time.Second) {
		d.mu.Lock()
		for id, q := range d.quotes {
			if now.After(q.Until) {
				delete(d.quotes, id)
			}
		}
		d.mu.Unlock()
	}
}

func (d *Desk) Open() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.quotes)
}

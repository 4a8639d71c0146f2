// Package desk answers shops that want to send something.
package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
	"quotefan/carrier"
)

type Parcel struct {
	Kilos      float64
	Mark, What string
}

type Shipment struct {
	Zip     string
	Parcels []Parcel
}

type Desk struct {
	carriers        *carrier.Carriers
	Quotes, Waiting atomic.Int64
}

func New(c *carrier.Carriers) *Desk { return &Desk{carriers: c} }

// Quote asks all carriers at once.
func (d *Desk) Quote(w http.ResponseWriter, r *http.Request) {
	var s Shipment
	if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	d.Quotes.Add(1)
	d.Waiting.Add(1)
	defer d.Waiting.Add(-1)
	g, ctx := errgroup.WithContext(context.WithoutCancel(r.Context()))
	prices := make([]carrier.Price, len(d.carriers.Names))
	for i, name := range d.carriers.Names {
		g.Go(func() (err error) {
			prices[i], err = d.carriers.Price(ctx, name, s.Zip)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	kilos := 0.0
	for _, p := range s.Parcels {
		kilos += p.Kilos
	}
	json.NewEncoder(w).Encode(map[string]any{"kilos": kilos, "prices": prices})
}

func (d *Desk) Customs(w http.ResponseWriter, r *http.Request) {
	n, err := d.carriers.Duty(r.PathValue("code"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	fmt.Fprintln(w, n)
}

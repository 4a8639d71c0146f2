// Package web is the booking desk's API.
package web

import (
	"encoding/json"
	"errors"
	"net/http"

	"sea.example/ferrybook/internal/deck"
	"sea.example/ferrybook/internal/till"
)

type order struct {
	Plate  string `json:"plate"`
	Length int    `json:"length"`
	Axles  int    `json:"axles"`
	Card   string `json:"card"`
	Papers string `json:"papers"`
}

func Handler(d *deck.Deck) http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("POST /sailings/{sailing}/cars", func(w http.ResponseWriter, r *http.Request) {
		var o order
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(&o); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		t, err := d.Book(r.Context(), r.PathValue("sailing"), o.Card, deck.Vehicle{
			Plate: o.Plate, Length: o.Length, Axles: o.Axles, Papers: []byte(o.Papers)})
		switch {
		case errors.Is(err, till.ErrRefused):
			http.Error(w, err.Error(), http.StatusPaymentRequired)
		case err != nil:
			http.Error(w, err.Error(), http.StatusRequestTimeout)
		default:
			json.NewEncoder(w).Encode(t)
		}
	})
	m.HandleFunc("GET /sold", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(d.Sold())
	})
	return m
}

// Package web is the desk's HTTP side.
package web

import (
	"encoding/json"
	"net/http"
	"strconv"

	"parcel.example/carrierquotes/internal/carrier"
	"parcel.example/carrierquotes/internal/quote"
)

// Routes of the desk.
func Routes(d *quote.Desk) http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /quote/{customer}", func(w http.ResponseWriter, r *http.Request) {
		g, _ := strconv.Atoi(r.FormValue("g"))
		o, err := d.For(r.Context(), carrier.Parcel{Customer: r.PathValue("customer"), Zip: r.FormValue("zip"), Grams: g})
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		json.NewEncoder(w).Encode(o)
	})
	m.HandleFunc("GET /wins", func(w http.ResponseWriter, r *http.Request) { json.NewEncoder(w).Encode(d.Wins()) })
	return m
}

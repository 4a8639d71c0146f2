// Package api is what suppliers call.
package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"invoices/intake"
)

// Routes gives the handler of all paths.
func Routes(in *intake.Intake) http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("POST /invoices", func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 4<<20))
		if err != nil {
			http.Error(w, err.Error(), 400)
			return
		}
		switch err := in.Take(raw); {
		case errors.Is(err, intake.ErrTwice):
			http.Error(w, err.Error(), 409)
		case err != nil:
			http.Error(w, err.Error(), 400)
		default:
			w.WriteHeader(201)
		}
	})
	m.HandleFunc("GET /suppliers/{id}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%.2f\n", in.Total(r.PathValue("id")))
	})
	return m
}

// Package web is what the sites call.
package web

import (
	"encoding/json"
	"fmt"
	"net/http"

	"timesheet/sheet"
)

// Handler gives the handler of all paths.
func Handler(b *sheet.Bureau) http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("POST /weeks/{week}", func(w http.ResponseWriter, r *http.Request) {
		var l []sheet.Entry
		if err := json.NewDecoder(r.Body).Decode(&l); err != nil {
			http.Error(w, err.Error(), 400)
			return
		}
		if err := b.Add(r.PathValue("week"), l); err != nil {
			http.Error(w, err.Error(), 500)
		}
	})
	m.HandleFunc("POST /weeks/{week}/close", func(w http.ResponseWriter, r *http.Request) {
		if err := b.Close(r.PathValue("week")); err != nil {
			http.Error(w, err.Error(), 500)
		}
	})
	m.HandleFunc("POST /check", func(w http.ResponseWriter, r *http.Request) {
		var e sheet.Entry
		if err := json.NewDecoder(r.Body).Decode(&e); err != nil || e.Hours > 9 {
			http.Error(w, "not right", 422)
			return
		}
		fmt.Fprintln(w, "right")
	})
	return m
}

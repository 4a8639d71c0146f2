// Package web is what tills call.
package web

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"shop.example/loyaltydesk/internal/store"
)

// Routes of the desk.
func Routes(s *store.Store) http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /members/{id}", func(w http.ResponseWriter, r *http.Request) {
		id, _ := strconv.Atoi(r.PathValue("id"))
		p, err := s.Member(r.Context(), id)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		json.NewEncoder(w).Encode(p)
	})
	m.HandleFunc("POST /members/{id}/visits", func(w http.ResponseWriter, r *http.Request) {
		id, _ := strconv.Atoi(r.PathValue("id"))
		b, _ := io.ReadAll(r.Body)
		s.Visit(id, store.Visit{Shop: r.FormValue("shop"), Cents: int64(len(b)), At: time.Now()}, string(b))
	})
	m.HandleFunc("GET /report", func(w http.ResponseWriter, r *http.Request) {
		n, err := s.Slow(r.Context(), 1500*time.Millisecond)
		fmt.Fprintln(w, n, err)
	})
	return m
}

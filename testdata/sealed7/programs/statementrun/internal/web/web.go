// Package web starts jobs and shows single statements.
package web

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"homes.example/statementrun/internal/batch"
	"homes.example/statementrun/internal/render"
)

// Routes of the service.
func Routes(r *batch.Runner) http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("POST /houses/{house}/run", func(w http.ResponseWriter, q *http.Request) {
		n, _ := strconv.Atoi(q.FormValue("tenants"))
		if err := r.Start(context.WithoutCancel(q.Context()), q.PathValue("house"), n); err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
		}
	})
	m.HandleFunc("GET /jobs", func(w http.ResponseWriter, q *http.Request) { json.NewEncoder(w).Encode(r.States()) })
	m.HandleFunc("GET /preview", func(w http.ResponseWriter, q *http.Request) {
		b, err := render.PDF(render.Statement{Tenant: q.FormValue("tenant"), Address: "somewhere", Year: 2025, Costs: make([]render.Cost, 40)})
		if err != nil {
			http.Error(w, err.Error(), 500)
			return
		}
		w.Header().Set("Content-Type", "application/pdf")
		w.Write(b)
	})
	return m
}

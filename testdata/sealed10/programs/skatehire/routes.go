package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
)

func routes(m *http.ServeMux, c *counter) {
	m.HandleFunc("POST /reservations", func(w http.ResponseWriter, r *http.Request) {
		var sizes []int
		for _, s := range strings.Split(r.URL.Query().Get("sizes"), ",") {
			n, err := strconv.Atoi(s)
			if err != nil {
				http.Error(w, "sizes are numbers", http.StatusBadRequest)
				return
			}
			sizes = append(sizes, n)
		}
		sig, err := io.ReadAll(io.LimitReader(r.Body, 4096))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		res, err := c.reserve(strings.Clone(r.URL.Query().Get("family")), sizes, sig)
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnprocessableEntity)
			return
		}
		reply(w, res)
	})
	m.HandleFunc("GET /reservations/{code}", func(w http.ResponseWriter, r *http.Request) {
		res, err := c.find(r.PathValue("code"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		reply(w, res)
	})
	m.HandleFunc("POST /reservations/{code}/out", func(w http.ResponseWriter, r *http.Request) {
		if err := c.handOut(r.PathValue("code")); err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
		}
	})
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}

// Package web takes pages from the fetchers and answers editors.
package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"press.example/linkwatch/internal/frontier"
	"press.example/linkwatch/internal/index"
	"press.example/linkwatch/internal/page"
)

// New makes the frontier and the routes over an index.
func New(x *index.Index, queue int) (*frontier.Frontier, http.Handler) {
	f := frontier.New(queue, func(j frontier.Job) error {
		p, err := page.Read(j.URL, bytes.NewReader(j.Body))
		if err != nil {
			return err
		}
		x.Put(p)
		return nil
	})
	m := http.NewServeMux()
	m.HandleFunc("POST /pages/{site}/{id}", func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		if err == nil {
			err = f.Add(frontier.Job{URL: r.URL.Path, Body: b, At: time.Now()})
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusTooManyRequests)
		}
	})
	m.HandleFunc("GET /pages/{site}/{id}", func(w http.ResponseWriter, r *http.Request) {
		if p := x.Get(r.URL.Path); p != nil {
			json.NewEncoder(w).Encode(p)
			return
		}
		http.NotFound(w, r)
	})
	m.HandleFunc("GET /state", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, x.Len(), f.Waiting()) })
	return f, m
}

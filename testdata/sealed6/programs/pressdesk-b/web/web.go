// Package web is what editors call.
package web

import (
	"fmt"
	"io"
	"net/http"

	"pressdesk/journal"
	"pressdesk/press"
)

// Routes gives the handler of all paths.
func Routes(d *press.Desk, j *journal.Journal) http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("POST /drafts/{id}", func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		d.Save(r.PathValue("id"), string(b))
	})
	m.HandleFunc("GET /drafts/{id}/preview", func(w http.ResponseWriter, r *http.Request) {
		preview(w, r, d, j)
	})
	return m
}

func preview(w http.ResponseWriter, r *http.Request, d *press.Desk, j *journal.Journal) {
	trace := j.Begin()
	id := r.PathValue("id")
	text, ok := d.Find(id)
	if !ok {
		trace.End()
		http.NotFound(w, r)
		return
	}
	fmt.Fprint(w, d.Layout(id, text))
	fmt.Fprintf(w, "<pre>%s</pre>", trace.End())
}

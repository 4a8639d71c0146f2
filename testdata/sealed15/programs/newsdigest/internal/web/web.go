// Package web is for readers.
package web

import (
	"encoding/json"
	"net/http"
	_ "net/http/pprof"

	"newsdesk.example/newsdigest/internal/edition"
)

func Routes(e *edition.Editor) {
	http.HandleFunc("/edition", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(e.Last())
	})
	http.HandleFunc("/latest", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(e.Latest())
	})
}

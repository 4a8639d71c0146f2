// Package intake is what devices and people call.
package intake

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"logvault/bundle"
	"logvault/stats"
)

// Handler gives the handler of all paths.
func Handler(v *bundle.Vault) http.Handler {
	m := http.NewServeMux()
	add := func(pattern string, h http.HandlerFunc) {
		m.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			defer stats.Took(pattern, time.Now())
			h(w, r)
		})
	}
	add("POST /bundles/{name}", func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), 400)
			return
		}
		v.Put(r.PathValue("name"), b)
	})
	add("GET /bundles/{name}/head", func(w http.ResponseWriter, r *http.Request) {
		line, ok := v.Head(r.PathValue("name"))
		if !ok {
			http.NotFound(w, r)
			return
		}
		io.WriteString(w, line)
	})
	add("GET /bundles/{name}/grep", func(w http.ResponseWriter, r *http.Request) {
		n, ok := v.Grep(r.PathValue("name"), r.FormValue("q"))
		if !ok {
			http.NotFound(w, r)
			return
		}
		fmt.Fprintln(w, n)
	})
	add("POST /beat", func(w http.ResponseWriter, r *http.Request) {
		ms, _ := strconv.ParseFloat(r.FormValue("ms"), 64)
		stats.Beat(r.FormValue("run"), r.FormValue("device"), ms)
	})
	m.HandleFunc("GET /metrics", stats.Write)
	return m
}

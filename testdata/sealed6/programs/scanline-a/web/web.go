// Package web takes files in.
package web

import (
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"

	"scanline/pages"
)

const patience = 3 * time.Second

type desk struct {
	mu      sync.Mutex
	offices map[string][]string // the last files' parcels
}

// Routes gives the handler of all paths.
func Routes() http.Handler {
	d := &desk{offices: map[string][]string{}}
	m := http.NewServeMux()
	m.HandleFunc("POST /scan", d.scan)
	m.HandleFunc("GET /offices/{office}", d.office)
	return m
}

type answer struct {
	parcels []string
	err     error
}

func (d *desk) scan(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		http.Error(w, "too long", 413)
		return
	}
	done := make(chan answer, 1)
	text := string(raw)
	go func() {
		p, err := pages.Read(text)
		done <- answer{p, err}
	}()
	select {
	case a := <-done:
		if a.err != nil {
			http.Error(w, a.err.Error(), 422)
			return
		}
		d.keep(r.FormValue("office"), a.parcels)
		json.NewEncoder(w).Encode(a.parcels)
	case <-time.After(patience):
		http.Error(w, "takes too long", 504)
	}
}

func (d *desk) keep(office string, parcels []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	l := append(d.offices[office], parcels...)
	if n := len(l) - 200; n > 0 {
		l = append([]string(nil), l[n:]...)
	}
	d.offices[office] = l
}

func (d *desk) office(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	l := append([]string(nil), d.offices[r.PathValue("office")]...)
	d.mu.Unlock()
	json.NewEncoder(w).Encode(l)
}

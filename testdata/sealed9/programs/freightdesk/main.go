// Command freightdesk takes the manifests of ships before they berth.
//
//go:debug default=go1.27
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	_ "net/http/pprof"
	"strconv"
)

type desk struct {
	berths *berths
	yard   *yard
}

func main() {
	addr := flag.String("listen", "127.0.0.1:7309", "")
	flag.Parse()
	d := &desk{berths: newBerths(), yard: newYard(4000)}
	http.HandleFunc("PUT /manifests", d.put)
	http.HandleFunc("GET /voyages/{voyage}", d.voyage)
	http.HandleFunc("GET /yard/{row}", d.row)
	http.HandleFunc("GET /expected", d.expected)
	log.Fatal(http.ListenAndServe(*addr, nil))
}

// put reads a manifest, moves its boxes about the yard and notes that the ship is expected.
func (d *desk) put(w http.ResponseWriter, r *http.Request) {
	text, err := readText(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	m, err := parse(text)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if d.berths.expect(m) {
		http.Error(w, "voyage "+m.voyage+" was declared before", http.StatusConflict)
		return
	}
	full := 0
	for _, b := range m.boxes {
		if !d.yard.place(b) {
			full++
		}
	}
	fmt.Fprintf(w, "%d boxes, %d without place, %d kg\n", len(m.boxes), full, m.weight())
}

func (d *desk) voyage(w http.ResponseWriter, r *http.Request) {
	a, ok := d.berths.find(r.PathValue("voyage"))
	if !ok {
		http.Error(w, "not expected", http.StatusNotFound)
		return
	}
	json.NewEncoder(w).Encode(a)
}

func (d *desk) row(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.PathValue("row"))
	if err != nil {
		http.Error(w, "no such row", http.StatusNotFound)
		return
	}
	json.NewEncoder(w).Encode(d.yard.row(n))
}

func (d *desk) expected(w http.ResponseWriter, r *http.Request) {
	io.WriteString(w, d.berths.board(25))
}

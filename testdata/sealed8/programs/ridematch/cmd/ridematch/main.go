// Command ridematch brings cabs and riders together.
//
//go:debug default=go1.27
package main

import (
	"encoding/json"
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"
	"time"

	"cab.example/ridematch/internal/dispatch"
	"cab.example/ridematch/internal/grid"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7208", "")
	flag.Parse()
	d := dispatch.New(grid.New(64))
	go d.Tick(500 * time.Millisecond)
	http.HandleFunc("POST /rides", func(w http.ResponseWriter, r *http.Request) {
		var q dispatch.Wish
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusAccepted)
		json.NewEncoder(w).Encode(d.Open(q))
	})
	http.HandleFunc("POST /cabs/{cab}", func(w http.ResponseWriter, r *http.Request) {
		var c grid.Cell
		if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		d.Grid.Move(r.PathValue("cab"), c)
	})
	http.HandleFunc("GET /open", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(d.Count())
	})
	log.Fatal(http.ListenAndServe(*addr, nil))
}

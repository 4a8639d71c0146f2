// Command customsrun takes the declarations of a port and hands them to the customs office, a run of six minutes at a time.
//
//go:debug default=go1.27
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	_ "net/http/pprof"
	"os"
	"time"

	"port.example/customsrun/internal/run"
	"port.example/customsrun/internal/tariff"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7306", "")
	every := flag.Duration("every", 6*time.Minute, "")
	dir := flag.String("out", os.TempDir(), "where the runs are put")
	flag.Parse()
	book := tariff.Open()
	ledger := run.New(*dir)
	go ledger.Keep(context.Background(), *every)

	http.HandleFunc("POST /declarations", func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<17))
		if err != nil {
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
			return
		}
		var d run.Declaration
		if err := json.Unmarshal(raw, &d); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		e, err := run.Assess(book, &d)
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnprocessableEntity)
			return
		}
		n := ledger.Add(e)
		fmt.Fprintf(w, "%d: %d.%02d due\n", n, e.Due/100, e.Due%100)
	})
	http.HandleFunc("GET /tariff/{code}", func(w http.ResponseWriter, r *http.Request) {
		p, err := book.Lookup(r.PathValue("code"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		json.NewEncoder(w).Encode(p)
	})
	http.HandleFunc("GET /run", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(ledger.Totals())
	})
	log.Fatal(http.ListenAndServe(*addr, nil))
}

// Command filmsettle settles with the distributors what the cinemas sold.
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

	"film.example/filmsettle/internal/intake"
	"film.example/filmsettle/internal/ledger"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7210", "")
	flag.Parse()
	b := ledger.New()
	q := intake.New(b, 500, 2)
	go b.Close(53*time.Second, func(n int, s []ledger.Share) {
		log.Printf("settled %d tickets, %d shares", n, len(s))
	})
	http.HandleFunc("POST /cinemas/{cinema}/tickets", q.Receive)
	http.HandleFunc("GET /shares", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(b.Last())
	})
	log.Fatal(http.ListenAndServe(*addr, nil))
}

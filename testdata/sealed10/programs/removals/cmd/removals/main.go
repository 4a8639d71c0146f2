// Command removals asks firms what they take for moving a household.
//
//go:debug default=go1.27
package main

import (
	"encoding/json"
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"
	"runtime"
	"time"

	"move.example/removals/internal/exchange"
	"move.example/removals/internal/firms"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7409", "")
	wait := flag.Duration("wait", 400*time.Millisecond, "how long firms may take")
	flag.Parse()
	x := exchange.New(firms.All(5), *wait)
	http.HandleFunc("POST /inquiries", func(w http.ResponseWriter, r *http.Request) {
		in := new(exchange.Inquiry)
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(in); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		offers := x.Ask(r.Context(), in)
		if len(offers) == 0 {
			http.Error(w, "nobody wants to", http.StatusServiceUnavailable)
			return
		}
		json.NewEncoder(w).Encode(offers)
	})
	http.HandleFunc("GET /firms", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(x.Firms())
	})
	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			asked, settled := x.Counts()
			log.Printf("age %v: %d asked, %d settled, %d goroutines", time.Since(began).Round(time.Second), asked, settled, runtime.NumGoroutine())
		}
	}()
	log.Fatal(http.ListenAndServe(*addr, nil))
}

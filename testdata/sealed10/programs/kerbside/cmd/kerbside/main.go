// Command kerbside knows who has paid for standing at the kerb.
//
//go:debug default=go1.27
package main

import (
	"encoding/json"
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"
	"strconv"
	"time"

	"town.example/kerbside/internal/kerb"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7408", "")
	grace := flag.Duration("stand", 6*time.Minute, "how long a ticket is good for")
	flag.Parse()
	k := kerb.New(*grace)
	h := http.DefaultServeMux
	h.HandleFunc("POST /zones/{zone}/tickets", func(w http.ResponseWriter, r *http.Request) {
		zone, err := strconv.Atoi(r.PathValue("zone"))
		if err != nil {
			http.Error(w, "zones are numbers", http.StatusBadRequest)
			return
		}
		t, err := k.Park(zone, r.FormValue("plate"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnprocessableEntity)
			return
		}
		json.NewEncoder(w).Encode(t.Receipt())
	})
	h.HandleFunc("GET /tickets", func(w http.ResponseWriter, r *http.Request) {
		if k.Paid(r.FormValue("plate")) {
			w.Write([]byte("paid\n"))
			return
		}
		http.Error(w, "not paid", http.StatusPaymentRequired)
	})
	h.HandleFunc("GET /zones/{zone}/free", func(w http.ResponseWriter, r *http.Request) {
		zone, _ := strconv.Atoi(r.PathValue("zone"))
		json.NewEncoder(w).Encode(k.Free(zone))
	})
	go func() {
		began := time.Now()
		for range time.Tick(time.Minute) {
			tickets, due := k.Len()
			log.Printf("age %v: %d tickets, %d due", time.Since(began).Round(time.Second), tickets, due)
		}
	}()
	log.Fatal(http.ListenAndServe(*addr, h))
}

// Command meterdesk takes in what electricity meters have counted, and hands it to the billing in batches.
//
//go:debug default=go1.27
package main

import (
	"bufio"
	"flag"
	"fmt"
	"log"
	"net/http"
	_ "net/http/pprof"
	"time"

	"grid.example/meterdesk/internal/intake"
	"grid.example/meterdesk/internal/tariff"
)

func main() {
	var (
		addr  = flag.String("listen", "127.0.0.1:7405", "")
		every = flag.Duration("every", 10*time.Minute, "how often a batch is handed over")
	)
	flag.Parse()
	in := intake.New(tariff.Default())
	go in.HandOver(*every)
	http.HandleFunc("PUT /meters/{meter}/day", func(w http.ResponseWriter, r *http.Request) {
		sc := bufio.NewScanner(http.MaxBytesReader(w, r.Body, 1<<16))
		sc.Split(bufio.ScanWords)
		n, err := in.Take(r.PathValue("meter"), func() (string, bool) { ok := sc.Scan(); return sc.Text(), ok })
		if err == nil {
			err = sc.Err()
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		fmt.Fprintln(w, n)
	})
	http.HandleFunc("GET /batch", func(w http.ResponseWriter, r *http.Request) {
		n, since := in.Open()
		fmt.Fprintf(w, "%d days since %v\n", n, since.Format(time.TimeOnly))
	})
	http.HandleFunc("GET /bills/{meter}", func(w http.ResponseWriter, r *http.Request) {
		if c, ok := in.Bill(r.PathValue("meter")); ok {
			fmt.Fprintf(w, "%d.%02d\n", c/100, c%100)
			return
		}
		http.NotFound(w, r)
	})
	log.Fatal(http.ListenAndServe(*addr, nil))
}

//go:debug httpmuxgo121=0

// Command pgdesk is the front desk of a chain of garages.
package main

import (
	"context"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"runtime"
	"time"

	"pgdesk/front"
	"pgdesk/store"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		base := fmt.Sprintf("http://127.0.0.1:%d", pump.Port)
		// the chain opens its garages one after the other till three fifths of the run
		rate := func() float64 { return 4 + 40*min(.6, pump.X())/.6 }
		go pump.Run(func() float64 { return rate() / 5 }, func(i int) {
			pump.Send("PUT", fmt.Sprintf("%s/car/%d", base, rand.Intn(4000)), []byte(pump.ID(pump.Between(100, 1500))))
		})
		pump.Run(rate, func(i int) { pump.Get(fmt.Sprintf("%s/garage/%d", base, rand.Intn(60))) })
	}
	s, err := store.Open(context.Background(), fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", pump.Port+3), 40)
	if err != nil {
		log.Fatal(err)
	}
	f := front.New(s)
	probe.Gauge("connections", func() int64 { return int64(s.Connections()) })
	probe.Gauge("answered", f.Answered.Load)
	probe.Gauge("in_flight", f.Flying.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /garage/{id}", f.Garage)
	mux.HandleFunc("PUT /car/{id}", f.Car)
	srv := &http.Server{Addr: fmt.Sprintf("127.0.0.1:%d", pump.Port), Handler: mux, ReadTimeout: 5 * time.Second}
	log.Fatal(srv.ListenAndServe())
}

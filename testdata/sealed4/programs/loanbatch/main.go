//go:debug httpmuxgo121=0

// Command loanbatch takes the bookings of loans and settles them in batches: a large table, then a file.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"runtime"
	"time"

	"loanbatch/loans"
	"loanbatch/report"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		load(fmt.Sprintf("http://127.0.0.1:%d", pump.Port))
	}
	t := loans.New()
	b := report.New(t, pump.Dir, 88*time.Second)
	go b.Run()
	probe.Gauge("booked", t.Booked.Load)
	probe.Gauge("in_table", func() int64 { return int64(t.Len()) })
	probe.Gauge("batches", b.Batches.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /loan/{no}", t.Book)
	mux.HandleFunc("GET /loan/{no}", t.Show)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), mux))
}

func load(base string) {
	go pump.Run(pump.Wave(2, 12, 2), func(i int) { pump.Get(fmt.Sprintf("%s/loan/%d", base, rand.Intn(9000))) })
	pump.Run(pump.Ramp(22, 30), func(i int) {
		b, _ := json.Marshal(loans.Booking{Cents: rand.Intn(1e6), Kind: []string{"interest", "principal", "fee"}[i%3], Text: pump.ID(pump.Between(800, 3500))})
		pump.Post(fmt.Sprintf("%s/loan/%d", base, rand.Intn(9000)), b)
	})
}

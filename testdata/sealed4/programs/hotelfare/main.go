//go:debug httpmuxgo121=0

// Command hotelfare finds fares of hotels, and keeps those that were asked for (ristretto).
package main

import (
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"runtime"

	"hotelfare/desk"
	"hotelfare/fares"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		zipf := rand.NewZipf(rand.New(rand.NewSource(3)), 1.05, 60, 40000)
		keys := make(chan uint64)
		go func() {
			for {
				keys <- zipf.Uint64()
			}
		}()
		pump.Run(pump.Wave(8, 30, 2.4), func(i int) {
			pump.Get(fmt.Sprintf("http://127.0.0.1:%d/fares/%d", pump.Port, <-keys))
		})
	}
	f, err := fares.New(18 << 20)
	if err != nil {
		log.Fatal(err)
	}
	d := desk.New(f)
	probe.Gauge("made", f.Made.Load)
	probe.Gauge("found", f.Found.Load)
	probe.Gauge("evicted", f.Evicted.Load)
	probe.Gauge("bytes_added", f.Bytes.Load)
	probe.Gauge("bytes_evicted", f.Gone.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /fares/{key}", d.Fares)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), mux))
}

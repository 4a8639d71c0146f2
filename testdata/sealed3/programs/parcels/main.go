//go:debug httpmuxgo121=0

// Command parcels takes the lists of what depots have scanned, and tells where a parcel is.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"runtime"

	"parcels/depot"
	"parcels/track"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		load(fmt.Sprintf("http://127.0.0.1:%d", pump.Port))
	}
	t := track.New()
	d := depot.New(t)
	probe.Gauge("lists", d.Lists.Load)
	probe.Gauge("odd_parcels", func() int64 { return int64(t.Odd()) })
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /scans/{depot}", d.Scans)
	mux.HandleFunc("GET /odd", t.List)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), mux))
}

func load(base string) {
	go pump.Run(pump.Flat(2), func(i int) { pump.Get(base + "/odd") })
	odd := 0
	pump.Run(pump.Wave(1, 9, 3.2), func(i int) {
		ss := make([]depot.Scan, pump.Between(100, 500))
		for k := range ss {
			ss[k] = depot.Scan{Parcel: rand.Uint64(), Depot: uint32(i % 90), Gate: uint16(rand.Intn(40)), Grams: uint32(rand.Intn(30000)), Size: [3]uint16{uint16(rand.Intn(900)), uint16(rand.Intn(900)), uint16(rand.Intn(900))}}
		}
		if float64(odd) < 95*pump.X() { // a label that cannot be read, about one of twenty lists has one
			odd++
			ss[rand.Intn(len(ss))].Grams = 0
		}
		b, _ := json.Marshal(ss)
		pump.Post(fmt.Sprintf("%s/scans/%d", base, i%90), b)
	})
}

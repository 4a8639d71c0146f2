//go:debug httpmuxgo121=0

// Command lexicon translates the terms of technical drawings.
package main

import (
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"runtime"

	"lexicon/dict"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		zipf := rand.NewZipf(rand.New(rand.NewSource(7)), 1.07, 40, 60000)
		var n = make(chan uint64)
		go func() {
			for {
				n <- zipf.Uint64()
			}
		}()
		pump.Run(pump.Flat(30), func(i int) {
			pump.Get(fmt.Sprintf("http://127.0.0.1:%d/term/%d", pump.Port, <-n))
		})
	}
	d, err := dict.New(2600)
	if err != nil {
		log.Fatal(err)
	}
	probe.Gauge("kept", func() int64 { return int64(d.Len()) })
	probe.Gauge("made", d.Made.Load)
	probe.Gauge("found", d.Found.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /term/{id}", d.Serve)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), mux))
}

//go:debug httpmuxgo121=0

// Command ratesd tells banks the rates of currencies, which it asks from a centre by gRPC.
package main

import (
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"runtime"

	"probe"
	"pump"
	"ratesd/quote"
	"ratesd/rates"
)

func main() {
	pump.Flags()
	centre := fmt.Sprintf("127.0.0.1:%d", pump.Port+3)
	switch pump.Mode {
	case "load":
		load(fmt.Sprintf("http://127.0.0.1:%d", pump.Port))
	case "upstream":
		log.Fatal(rates.Serve(centre))
	}
	c, err := rates.Dial(centre)
	if err != nil {
		log.Fatal(err)
	}
	d := quote.New(c)
	go d.Flush()
	probe.Gauge("asked_standby", c.Standby.Load)
	probe.Gauge("asked", c.Asked.Load)
	probe.Gauge("batches_failed", d.Failed.Load)
	probe.Gauge("waiting", d.Waiting.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /rate/{pair}", d.Rate)
	mux.HandleFunc("POST /book", d.Book)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), mux))
}

func load(base string) {
	go pump.Run(pump.Flat(9), func(i int) { pump.Get(fmt.Sprintf("%s/rate/%s", base, pump.ID(2))) })
	pump.Web.Timeout = 4e9
	pump.Run(pump.Wave(3, 14, 2), func(i int) {
		b := fmt.Sprintf(`{"bank":%q,"cents":%d,"text":%q}`, pump.ID(8), rand.Intn(100000), pump.ID(pump.Between(1000, 16000)))
		pump.Post(base+"/book", []byte(b))
	})
}

//go:debug httpmuxgo121=0

// Command paramdesk answers a maker of machines what the parts of a machine are, and where they go.
package main

import (
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"runtime"

	"paramdesk/catalog"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		base := fmt.Sprintf("http://127.0.0.1:%d", pump.Port)
		go pump.Run(pump.Wave(10, 50, 3), func(i int) {
			pump.Get(fmt.Sprintf("%s/part/%d", base, rand.Intn(40000)))
		})
		pump.Run(pump.Flat(5.2), func(i int) { pump.Get(fmt.Sprintf("%s/route/%d?to=%s", base, rand.Intn(300), pump.ID(10))) })
	}
	c := catalog.New(map[string]int{"parts": 1200, "route": 500})
	probe.Gauge("parts", func() int64 { return int64(c.Parts.Len()) })
	probe.Gauge("routes", func() int64 { return int64(c.Routes.Len()) })
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /part/{id}", c.Part)
	mux.HandleFunc("GET /route/{id}", c.Route)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), mux))
}

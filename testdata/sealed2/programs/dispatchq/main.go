// Command dispatchq takes the events of taxi rides.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"time"

	"dispatchq/rides"
	"probe"
	"pump"
)

func main() {
	port := flag.Int("port", 22140, "first port")
	mode := flag.String("mode", "serve", "serve or load")
	flag.DurationVar(&pump.Span, "span", pump.Span, "length of the run")
	flag.Parse()
	if *mode == "load" {
		load(fmt.Sprintf("http://127.0.0.1:%d", *port))
	}
	o := rides.NewOutbox()
	go o.Deliver()
	probe.Gauge("queue", o.Len)
	probe.Gauge("taken", o.Taken.Load)
	probe.Gauge("sent", o.Sent.Load)
	probe.Listen(*port + 1)
	http.HandleFunc("/event", o.Accept)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", *port), nil))
}

func load(base string) {
	start := time.Now()
	// Trains arrive every 50 seconds: half a minute is busy, the rest is calm.
	rate := func(busy, calm float64) func() float64 {
		return func() float64 {
			if time.Since(start)%(50*time.Second) < 28*time.Second {
				return busy
			}
			return calm
		}
	}
	event := func(kind string) {
		var track []map[string]float64
		for k := pump.Between(60, 400); k > 0; k-- {
			track = append(track, map[string]float64{"Lat": 48 + rand.Float64(), "Lon": 11 + rand.Float64()})
		}
		b, _ := json.Marshal(map[string]any{"Ride": pump.ID(10), "Kind": kind, "Track": track, "Note": pump.ID(pump.Between(100, 2500))})
		pump.Post(base+"/event", b)
	}
	go pump.Run(rate(18, 8), func(i int) { event("move") })
	pump.Run(rate(19, 5), func(i int) { event("end") })
}

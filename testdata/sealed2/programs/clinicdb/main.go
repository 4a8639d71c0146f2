// Command clinicdb is the calendar of a clinic.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"strings"
	"time"

	"clinicdb/clinic"
	"probe"
	"pump"
)

func main() {
	port := flag.Int("port", 22170, "first port")
	mode := flag.String("mode", "serve", "serve or load")
	flag.DurationVar(&pump.Span, "span", pump.Span, "length of the run")
	flag.Parse()
	if *mode == "load" {
		load(fmt.Sprintf("http://127.0.0.1:%d", *port))
	}
	c, err := clinic.Open(fmt.Sprintf("host=127.0.0.1 port=%d user=postgres sslmode=disable", *port+3))
	if err != nil {
		log.Fatal(err)
	}
	probe.Gauge("conns_open", func() int64 { return int64(c.Stats().OpenConnections) })
	probe.Gauge("conns_in_use", func() int64 { return int64(c.Stats().InUse) })
	probe.Gauge("requests_now", c.Waiting.Load)
	probe.Gauge("answered", c.Answered.Load)
	probe.Listen(*port + 1)
	http.HandleFunc("/add", c.Add)
	http.HandleFunc("/day", c.Day)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", *port), nil))
}

func load(base string) {
	go pump.Run(pump.Flat(3), func(i int) {
		b, _ := json.Marshal(clinic.Appointment{Doctor: rand.Intn(30), At: time.Now(), What: strings.Repeat("control ", pump.Between(4, 40))})
		pump.Post(base+"/add", b)
	})
	// More and more people look at the calendar, up to three quarters of the run: then as many as the pool can serve.
	pump.Run(func() float64 {
		x := min(pump.X()/0.75, 1)
		return 4 + 38*x*x
	}, func(i int) { pump.Get(fmt.Sprintf("%s/day?doctor=%d", base, rand.Intn(30))) })
}

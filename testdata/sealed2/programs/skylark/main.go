// Command skylark reminds users of their things.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"net/http"

	"probe"
	"pump"
	"skylark/remind"
)

func main() {
	port := flag.Int("port", 22080, "first port")
	mode := flag.String("mode", "serve", "serve or load")
	flag.DurationVar(&pump.Span, "span", pump.Span, "length of the run")
	flag.Parse()
	if *mode == "load" {
		load(fmt.Sprintf("http://127.0.0.1:%d", *port))
	}
	d := remind.New()
	probe.Gauge("clock_entries", func() int64 { n, _ := d.Counts(); return n })
	probe.Gauge("users", func() int64 { _, n := d.Counts(); return n })
	probe.Gauge("saved", d.Saved.Load)
	probe.Listen(*port + 1)
	http.HandleFunc("/save", d.Save)
	http.HandleFunc("/preview", d.Preview)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", *port), nil))
}

func plan() []byte {
	var lines []string
	for k := pump.Between(40, 110); k > 0; k-- {
		lines = append(lines, pump.ID(pump.Between(90, 200)))
	}
	b, _ := json.Marshal(map[string]any{"User": fmt.Sprintf("u%03d", rand.Intn(150)), "Every": fmt.Sprintf("%dh", pump.Between(4, 48)), "Lines": lines})
	return b
}

func load(base string) {
	go pump.Run(pump.Flat(9), func(i int) { pump.Post(base+"/preview", plan()) })
	pump.Run(pump.Flat(1.9), func(i int) { pump.Post(base+"/save", plan()) })
}

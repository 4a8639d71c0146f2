// Command geotiles serves tiles of a map.
package main

import (
	"flag"
	"fmt"
	"log"
	"math/rand"
	"net/http"

	"geotiles/tiles"
	"probe"
	"pump"
)

func main() {
	port := flag.Int("port", 22150, "first port")
	mode := flag.String("mode", "serve", "serve or load")
	flag.DurationVar(&pump.Span, "span", pump.Span, "length of the run")
	flag.Parse()
	if *mode == "load" {
		load(fmt.Sprintf("http://127.0.0.1:%d", *port))
	}
	s := tiles.New(11 << 20)
	probe.Gauge("tiles", func() int64 { n, _ := s.Size(); return n })
	probe.Gauge("tile_bytes", func() int64 { _, n := s.Size(); return n })
	probe.Gauge("evicted", s.Evicted.Load)
	probe.Gauge("hits", s.Hits.Load)
	probe.Gauge("misses", s.Misses.Load)
	probe.Listen(*port + 1)
	http.Handle("/tile", s)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", *port), nil))
}

// load looks around some towns; how far is a matter of chance.
func load(base string) {
	pump.Run(pump.Flat(19), func(i int) {
		town := rand.Intn(12)
		x, y := 500*town+int(rand.NormFloat64()*14), 300*town+int(rand.NormFloat64()*14)
		pump.Get(fmt.Sprintf("%s/tile?x=%d&y=%d", base, x, y))
	})
}

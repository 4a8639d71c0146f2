// Command loyalty counts the points of a chain of shops.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"net/http"

	"go.opencensus.io/stats/view"
	"loyalty/earn"
	"probe"
	"pump"
)

func main() {
	port := flag.Int("port", 22120, "first port")
	mode := flag.String("mode", "serve", "serve or load")
	flag.DurationVar(&pump.Span, "span", pump.Span, "length of the run")
	flag.Parse()
	if *mode == "load" {
		load(fmt.Sprintf("http://127.0.0.1:%d", *port))
	}
	if err := view.Register(earn.Views...); err != nil {
		log.Fatal(err)
	}
	d := new(earn.Desk)
	probe.Gauge("purchases", d.Purchases.Load)
	probe.Listen(*port + 1)
	http.HandleFunc("/rows", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, earn.Rows()) })
	http.Handle("/purchase", d)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", *port), nil))
}

func load(base string) {
	pump.Run(pump.Flat(46), func(i int) {
		// A third are regular members, the others come once.
		member := fmt.Sprintf("m%04d", rand.Intn(900))
		if rand.Intn(3) > 0 {
			member = "guest-" + pump.ID(16)
		}
		var lines []map[string]any
		for k := pump.Between(3, 60); k > 0; k-- {
			lines = append(lines, map[string]any{"Article": pump.ID(24), "Cents": rand.Intn(9000)})
		}
		b, _ := json.Marshal(map[string]any{"Shop": fmt.Sprintf("shop%02d", rand.Intn(30)), "Member": member, "Lines": lines})
		pump.Post(base+"/purchase", b)
	})
}

// Command baskets keeps what visitors of a shop have in their baskets.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"time"

	"baskets/basket"
	"probe"
	"pump"
)

func main() {
	port := flag.Int("port", 22160, "first port")
	mode := flag.String("mode", "serve", "serve or load")
	flag.DurationVar(&pump.Span, "span", pump.Span, "length of the run")
	flag.Parse()
	if *mode == "load" {
		load(fmt.Sprintf("http://127.0.0.1:%d", *port))
	}
	d, err := basket.New()
	if err != nil {
		log.Fatal(err)
	}
	probe.Gauge("baskets", func() int64 { n, _ := d.Size(); return n })
	probe.Gauge("capacity", func() int64 { _, n := d.Size(); return n })
	probe.Gauge("changes", d.Changes.Load)
	probe.Gauge("expired", d.Expired.Load)
	probe.Listen(*port + 1)
	http.HandleFunc("/put", d.Put)
	http.HandleFunc("/bulk", d.Bulk)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", *port), nil))
}

func load(base string) {
	// A partner sends 60 at once, three times.
	go func() {
		body := bytes.Repeat([]byte("x"), 40<<10)
		for _, at := range []float64{.2, .55, .8} {
			for pump.X() < at {
				time.Sleep(200 * time.Millisecond)
			}
			for i := 0; i < 60; i++ {
				go pump.Post(base+"/bulk", body)
			}
		}
	}()
	// Twice as many visitors in the second half.
	pump.Run(func() float64 {
		if pump.X() < 0.5 {
			return 16
		}
		return 32
	}, func(i int) {
		id := pump.ID(8)
		for k := pump.Between(1, 4); k > 0; k-- {
			var items []basket.Item
			for n := pump.Between(3, 16); n > 0; n-- {
				items = append(items, basket.Item{Article: pump.ID(pump.Between(30, 90)), Count: rand.Intn(5)})
			}
			b, _ := json.Marshal(items)
			pump.Post(base+"/put?visitor="+id, b)
			time.Sleep(time.Duration(rand.Intn(3000)) * time.Millisecond)
		}
	})
}

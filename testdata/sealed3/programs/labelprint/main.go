//go:debug httpmuxgo121=0

// Command labelprint makes the labels of a warehouse, packed.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"runtime"
	"sync"
	"time"

	"labelprint/press"
	"labelprint/sheet"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		load(fmt.Sprintf("http://127.0.0.1:%d", pump.Port))
	}
	p := press.New()
	probe.Gauge("orders", p.Orders.Load)
	probe.Gauge("running", p.Running.Load)
	probe.Gauge("running_at_most", p.Most.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /labels", p.Labels)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), mux))
}

func load(base string) {
	order := func(lo, hi int) {
		var ls []sheet.Label
		for k := pump.Between(lo, hi); k > 0; k-- {
			ls = append(ls, sheet.Label{To: pump.ID(20), Street: pump.ID(25), Code: pump.ID(16)})
		}
		b, _ := json.Marshal(ls)
		pump.Post(base+"/labels", b)
	}
	go func() { // the sales begin: many large orders at once
		time.Sleep(time.Duration(float64(pump.Span) * .42))
		var wg sync.WaitGroup
		for n := 0; n < 4; n++ {
			for i := 0; i < 45; i++ {
				wg.Add(1)
				go func() { defer wg.Done(); order(300, 900) }()
			}
			time.Sleep(7 * time.Second)
		}
		wg.Wait()
	}()
	pump.Run(pump.Flat(10), func(i int) { order(5, 60) })
}

//go:debug httpmuxgo121=0

// Command jobq turns the pictures of estate agents into small ones, one after the other.
package main

import (
	"fmt"
	"log"
	"net/http"
	"runtime"

	"jobq/queue"
	"jobq/worker"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		base := fmt.Sprintf("http://127.0.0.1:%d", pump.Port)
		// bursts of unlike height, each of which the workers get rid of before the next
		heights := []float64{30, 14, 44, 22, 36, 48, 26}
		rate := func() float64 {
			x := pump.X() * float64(len(heights))
			k := int(x)
			if k < len(heights) && x-float64(k) < .3 {
				return heights[k]
			}
			return 3
		}
		pump.Run(rate, func(i int) {
			pump.Post(fmt.Sprintf("%s/picture/%d", base, i), []byte(pump.ID(pump.Between(4000, 20000))))
		})
	}
	q := queue.New()
	w := worker.New(q, 5)
	probe.Gauge("queued", func() int64 { return int64(q.Len()) })
	probe.Gauge("queued_at_most", q.Most.Load)
	probe.Gauge("done", w.Done.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /picture/{id}", w.Take)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), mux))
}

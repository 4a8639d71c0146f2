//go:debug httpmuxgo121=0

// Command posters draws posters for cinemas.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"runtime"
	"strings"

	"posters/canvas"
	"posters/shop"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		base := fmt.Sprintf("http://127.0.0.1:%d", pump.Port)
		go pump.Run(pump.Flat(1.6), func(i int) {
			var b strings.Builder
			for k := pump.Between(5, 40); k > 0; k-- {
				fmt.Fprintf(&b, "%s %s\n", pump.ID(8), pump.ID(pump.Between(3, 60)))
			}
			kind := "list"
			if i%3 == 0 {
				kind = "title"
			}
			pump.Post(base+"/sort/"+kind, []byte(b.String()))
		})
		pump.Run(pump.Wave(1, 5, 2), func(i int) {
			pump.Post(fmt.Sprintf("%s/draw?w=%d&h=%d", base, pump.Between(80, 200), pump.Between(100, 300)), []byte(pump.ID(pump.Between(30, 400))))
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	a := canvas.NewArena(24)
	s := shop.New(ctx, a)
	probe.Gauge("drawn", s.Drawn.Load)
	probe.Gauge("titles", s.Titles.Load)
	probe.Gauge("canvas_made", a.Made.Load)
	probe.Gauge("canvas_ended", a.Ended.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /draw", s.Draw)
	mux.HandleFunc("POST /sort/{kind}", s.Sort)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), mux))
}

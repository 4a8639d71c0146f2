// Command reportx makes the reports of a chain of hotels, each of which has its own account at the database.
package main

import (
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"runtime"

	"probe"
	"pump"
	"reportx/export"
	"reportx/rows"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		base := fmt.Sprintf("http://127.0.0.1:%d", pump.Port)
		go pump.Run(pump.Wave(2, 7, 3), func(i int) {
			pump.Get(fmt.Sprintf("%s/preview?rows=%d&hotel=%d", base, pump.Between(50, 600), rand.Intn(80)))
		})
		go pump.Run(pump.Flat(.16), func(i int) {
			pump.Get(fmt.Sprintf("%s/preview?rows=%d&hotel=%d", base, pump.Between(3000, 6000), rand.Intn(80)))
		})
		go pump.Run(pump.Flat(1.2), func(i int) {
			pump.Get(fmt.Sprintf("%s/export?rows=%d&hotel=%d", base, pump.Between(50, 3000), rand.Intn(80)))
		})
		go pump.Run(pump.Flat(.4), func(i int) { pump.Get(fmt.Sprintf("%s/audit?hotel=%d", base, rand.Intn(80))) })
		pump.Run(pump.Flat(8), func(i int) { pump.Get(fmt.Sprintf("%s/total?hotel=%d", base, rand.Intn(80))) })
	}
	book, err := rows.Open(fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", pump.Port+3))
	if err != nil {
		log.Fatal(err)
	}
	e := export.New(book)
	probe.Gauge("previews_cut", e.Cut.Load)
	probe.Gauge("previews", e.Previews.Load)
	probe.Gauge("audits", book.Audits.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	http.HandleFunc("/preview", e.Preview)
	http.HandleFunc("/export", e.Export)
	http.HandleFunc("/audit", e.Audit)
	http.HandleFunc("/total", e.Total)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), nil))
}

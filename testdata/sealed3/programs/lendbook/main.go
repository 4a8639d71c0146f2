//go:debug httpmuxgo121=0

// Command lendbook is the lending desk of a library.
package main

import (
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"path/filepath"
	"runtime"

	"lendbook/hold"
	"lendbook/shelf"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		load(fmt.Sprintf("http://127.0.0.1:%d", pump.Port))
	}
	s, err := shelf.Open(filepath.Join(pump.Dir, "books.db"))
	if err != nil {
		log.Fatal(err)
	}
	h := hold.New()
	probe.Gauge("searches_left", s.Left.Load)
	probe.Gauge("searches", s.Searches.Load)
	probe.Gauge("holds_lost", h.Lost.Load)
	probe.Gauge("holds", h.All.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /books/{id}", s.Put)
	mux.HandleFunc("GET /search", s.Search)
	mux.HandleFunc("POST /hold/{id}", h.Ask)
	mux.HandleFunc("POST /return/{id}", h.Return)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), mux))
}

func load(base string) {
	go pump.Run(pump.Flat(8), func(i int) {
		pump.Send("PUT", fmt.Sprintf("%s/books/%05d", base, rand.Intn(3000)), []byte(fmt.Sprintf(`{"title":%q,"text":%q}`, pump.ID(30), pump.ID(pump.Between(100, 900)))))
	})
	go pump.Run(pump.Wave(4, 11, 2), func(i int) {
		n := 3000
		if i%3 == 0 {
			n = pump.Between(5, 30)
		}
		pump.Get(fmt.Sprintf("%s/search?from=%05d&max=%d", base, rand.Intn(2800), n))
	})
	go pump.Run(pump.Flat(3), func(i int) {
		kind := "desk"
		if i%8 == 0 {
			kind = "phone"
		}
		pump.Post(fmt.Sprintf("%s/hold/%d?by=%s", base, rand.Intn(400), kind), nil)
	})
	pump.Run(pump.Flat(24), func(i int) { pump.Post(fmt.Sprintf("%s/return/%d", base, rand.Intn(400)), nil) })
}

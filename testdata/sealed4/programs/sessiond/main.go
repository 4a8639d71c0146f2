//go:debug httpmuxgo121=0

// Command sessiond keeps the sessions of a shop's web servers in buntdb.
package main

import (
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"runtime"

	"probe"
	"pump"
	"sessiond/store"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		load(fmt.Sprintf("http://127.0.0.1:%d", pump.Port))
	}
	s, err := store.Open()
	if err != nil {
		log.Fatal(err)
	}
	probe.Gauge("logins", s.Logins.Load)
	probe.Gauge("guests", s.Guests.Load)
	probe.Gauge("kept", func() int64 { return int64(s.Len("s:*")) })
	probe.Gauge("kept_guests", func() int64 { return int64(s.Len("g:*")) })
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login/{user}", s.Login)
	mux.HandleFunc("POST /guest", s.Guest)
	mux.HandleFunc("GET /session/{id}", s.Show)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), mux))
}

func load(base string) {
	var last [64]string
	go pump.Run(pump.Wave(10, 60, 3), func(i int) { pump.Get(base + "/session/" + last[rand.Intn(64)]) })
	go pump.Run(pump.Flat(2.7), func(i int) { pump.Post(base+"/guest", []byte(pump.ID(pump.Between(1200, 3200)))) })
	pump.Run(pump.Wave(6, 34, 3), func(i int) {
		b, _ := pump.Post(fmt.Sprintf("%s/login/u%d", base, rand.Intn(50000)), []byte(pump.ID(pump.Between(1200, 3200))))
		last[i%64] = string(b)
	})
}

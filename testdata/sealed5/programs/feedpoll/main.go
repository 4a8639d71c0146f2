//go:debug httpmuxgo121=0

// Command feedpoll fetches the timetables of small bus companies, whose servers are often down.
package main

import (
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"runtime"
	"time"

	"feedpoll/archive"
	"feedpoll/poll"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	up := fmt.Sprintf("http://127.0.0.1:%d", pump.Port+3)
	switch pump.Mode {
	case "upstream":
		log.Fatal(http.ListenAndServe(up[7:], http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Duration(pump.Between(5, 80)) * time.Millisecond)
			if rand.Intn(5) == 0 {
				http.Error(w, "down", http.StatusBadGateway)
				return
			}
			w.Write(make([]byte, pump.Between(20<<10, 120<<10)))
		})))
	case "load":
		pump.Run(pump.Wave(0.4, 5, 2), func(i int) {
			pump.Post(fmt.Sprintf("http://127.0.0.1:%d/refresh/line-%d", pump.Port, rand.Intn(400)), nil)
		})
	}
	a := archive.New(60)
	p := poll.New(up, a)
	probe.Gauge("asked", p.Asked.Load)
	probe.Gauge("first_try", p.First.Load)
	probe.Gauge("given_up", p.GivenUp.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), p.Routes()))
}

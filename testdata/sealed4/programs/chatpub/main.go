//go:debug httpmuxgo121=0

// Command chatpub is the chat of a learning platform: rooms as streams, a poll for old browsers, translations.
package main

import (
	"bufio"
	"context"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"runtime"
	"time"

	"chatpub/lingua"
	"chatpub/room"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		load(fmt.Sprintf("http://127.0.0.1:%d", pump.Port))
	}
	rs := room.New(24)
	ln := lingua.New()
	probe.Gauge("said", rs.Said.Load)
	probe.Gauge("streams", rs.Streams.Load)
	probe.Gauge("polls", rs.Polls.Load)
	probe.Gauge("polls_empty", rs.Empty.Load)
	probe.Gauge("subscribed", func() int64 { return int64(rs.Subscribed()) })
	probe.Gauge("translations", ln.Asked.Load)
	probe.Gauge("translations_late", ln.Late.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /room/{id}", rs.Say)
	mux.HandleFunc("GET /room/{id}/stream", rs.Stream)
	mux.HandleFunc("GET /room/{id}/poll", rs.Poll)
	mux.HandleFunc("POST /translate", ln.Translate)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), mux))
}

func load(base string) {
	go pump.Run(pump.Wave(4, 16, 3), func(i int) {
		pump.Post(fmt.Sprintf("%s/room/%d", base, rand.Intn(24)), []byte(pump.ID(pump.Between(300, 3500))))
	})
	go pump.Run(pump.Wave(.3, 3, 3), func(i int) { // a browser looks on for a while
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(pump.Between(4, 30))*time.Second)
		defer cancel()
		req, _ := http.NewRequestWithContext(ctx, "GET", fmt.Sprintf("%s/room/%d/stream", base, rand.Intn(24)), nil)
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			return
		}
		defer resp.Body.Close()
		for s := bufio.NewScanner(resp.Body); s.Scan(); {
		}
	})
	go pump.Run(pump.Wave(1, 3, 3), func(i int) { // old browsers
		pump.Get(fmt.Sprintf("%s/room/%d/poll", base, rand.Intn(24)))
	})
	pump.Run(pump.Wave(2, 9, 3), func(i int) {
		to := []string{"de", "fr", "pl", "uk", "es"}[rand.Intn(5)]
		if i%8 == 0 {
			to = "eu" // is far away
		}
		pump.Post(base+"/translate?to="+to, []byte(pump.ID(pump.Between(2000, 24000))))
	})
}

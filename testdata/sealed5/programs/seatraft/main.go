//go:debug httpmuxgo121=0

// Command seatraft keeps which seat of a theatre is taken, in a log that is agreed on by raft.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"runtime"
	"time"

	"probe"
	"pump"
	"seatraft/store"
	"seatraft/web"
)

func load() {
	base := fmt.Sprintf("http://127.0.0.1:%d", pump.Port)
	go pump.Run(pump.Wave(0.3, 2, 2), func(i int) { // the board in the foyer looks whether its connection is good
		c := http.Client{Timeout: time.Duration(pump.Between(800, 6000)) * time.Millisecond}
		if r, err := c.Get(base + "/status/stream"); err == nil {
			buf := make([]byte, 2000)
			for err == nil {
				_, err = r.Body.Read(buf)
			}
			r.Body.Close()
		}
	})
	pump.Run(pump.Wave(4, 22, 2), func(i int) {
		show := rand.Intn(40)
		seat := fmt.Sprintf("%c%d", 'A'+rand.Intn(20), rand.Intn(30))
		if rand.Intn(3) == 0 {
			pump.Get(fmt.Sprintf("%s/shows/%d", base, show))
			return
		}
		b, _ := json.Marshal(map[string]any{"show": show, "seat": seat, "who": pump.ID(24), "note": string(bytes.Repeat([]byte("please at the aisle; "), pump.Between(5, 460)))})
		pump.Post(base+"/book", b)
	})
}

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		load()
	}
	s, err := store.Open("seat-1")
	if err != nil {
		log.Fatal(err)
	}
	h := web.New(s)
	probe.Gauge("log", s.Length)
	probe.Gauge("streams", h.Streams.Load)
	probe.Gauge("inside", h.Inside.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), h.Routes()))
}

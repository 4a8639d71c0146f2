//go:debug httpmuxgo121=0

// Command assetcache gives the pictures of a shop in the sizes that browsers want.
package main

import (
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"runtime"

	"assetcache/variant"
	"assetcache/web"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		load(fmt.Sprintf("http://127.0.0.1:%d", pump.Port))
	}
	v := variant.New(600)
	s := web.New(v)
	probe.Gauge("made", v.Made.Load)
	probe.Gauge("dropped", v.Dropped.Load)
	probe.Gauge("kept", func() int64 { return int64(v.Len()) })
	probe.Gauge("not_modified", s.Same.Load)
	probe.Gauge("sent", s.Sent.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /asset/{id}/{size}", s.Asset)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), mux))
}

func load(base string) {
	pump.Run(pump.Wave(5, 24, 3), func(i int) {
		url := fmt.Sprintf("%s/asset/%d/%d", base, rand.Intn(4000), 120+rand.Intn(3)*240)
		req, _ := http.NewRequest("GET", url, nil)
		if i%14 == 0 { // has seen it before
			req.Header.Set("If-None-Match", "*")
		}
		if resp, err := pump.Web.Do(req); err == nil {
			b := make([]byte, 32<<10)
			for {
				if _, err := resp.Body.Read(b); err != nil {
					break
				}
			}
			resp.Body.Close()
		}
	})
}

// Command probewall drives prometheus-blackbox-exporter: a wall of lamps for the sites of customers, some of them slow. With
// -mode upstream it is the sites.
package main

import (
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"pump"
)

func main() {
	pump.Flags()
	site := fmt.Sprintf("127.0.0.1:%d", pump.Port+3)
	if pump.Mode == "upstream" {
		log.Fatal(http.ListenAndServe(site, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			d := time.Duration(pump.Between(20, 400)) * time.Millisecond
			if r.URL.Query().Get("slow") != "" {
				d = time.Duration(pump.Between(3000, 9000)) * time.Millisecond
			}
			select {
			case <-time.After(d):
			case <-r.Context().Done():
				return
			}
			w.Header().Set("Set-Cookie", pump.ID(200))
			fmt.Fprint(w, pump.ID(pump.Between(500, 8000)))
		})))
	}
	pump.Web.Timeout = 15 * time.Second
	var flight, all atomic.Int64
	go func() {
		for range time.Tick(2 * time.Second) {
			log.Print("in flight ", flight.Load(), " all ", all.Load())
		}
	}()
	// 2.5 waves: the end of the recording is a crest
	pump.Run(pump.Wave(1.2, 9, 2.5), func(i int) {
		flight.Add(1)
		defer flight.Add(-1)
		all.Add(1)
		to := fmt.Sprintf("http://%s/%d", site, rand.Intn(900))
		if rand.Intn(10) < 7 {
			to += "?slow=1"
		}
		pump.Get(fmt.Sprintf("http://127.0.0.1:%d/probe?module=http_2xx&target=%s", pump.Port, url.QueryEscape(to)))
	})
}

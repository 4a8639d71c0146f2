// Command caddyshop drives caddy: a web shop behind it; each browser keeps its connection for a while.
// With -mode upstream it is the shop.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/rand"
	"net/http"
	"sync/atomic"
	"time"

	"pump"
)

type article struct {
	Name, Text string
	Cents      int
}

func shop(w http.ResponseWriter, r *http.Request) {
	time.Sleep(time.Duration(pump.Between(3, 80)) * time.Millisecond)
	var as []article
	for k := pump.Between(2, 25); k > 0; k-- {
		as = append(as, article{pump.ID(20), pump.ID(300), rand.Intn(99999)})
	}
	json.NewEncoder(w).Encode(as)
}

func main() {
	pump.Flags()
	if pump.Mode == "upstream" {
		log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port+3), http.HandlerFunc(shop)))
	}
	base := fmt.Sprintf("http://127.0.0.1:%d/shop/", pump.Port)
	var open, seen atomic.Int64
	go pump.Run(pump.Wave(1, 9, 2.6), func(i int) {
		open.Add(1)
		seen.Add(1)
		go func() { // a browser with a connection of its own
			defer open.Add(-1)
			tr := &http.Transport{MaxIdleConnsPerHost: 2}
			defer tr.CloseIdleConnections()
			c := &http.Client{Transport: tr, Timeout: 5 * time.Second}
			for k := pump.Between(3, 12); k > 0; k-- {
				if resp, err := c.Get(base + pump.ID(6)); err == nil {
					io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
				}
				time.Sleep(time.Duration(pump.Between(500, 5000)) * time.Millisecond)
			}
		}()
	})
	for range time.Tick(5 * time.Second) {
		log.Print("browsers there: ", open.Load(), " of ", seen.Load())
	}
}

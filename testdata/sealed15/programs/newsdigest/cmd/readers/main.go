// readers read the digest.
package main

import (
	"flag"
	"io"
	"log"
	"math/rand"
	"net/http"
	"sync/atomic"
	"time"
)

func main() {
	base := flag.String("url", "http://127.0.0.1:8080", "the digest")
	flag.Parse()
	c := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 20}}
	var n, failed int64
	go func() {
		for range time.Tick(time.Minute) {
			log.Print("read ", atomic.LoadInt64(&n), " failed ", atomic.LoadInt64(&failed))
		}
	}()
	for {
		time.Sleep(time.Duration(rand.Intn(160)) * time.Millisecond)
		go func() {
			r, err := c.Get(*base + []string{"/edition", "/latest", "/latest"}[rand.Intn(3)])
			atomic.AddInt64(&n, 1)
			if err != nil {
				atomic.AddInt64(&failed, 1)
				return
			}
			io.Copy(io.Discard, r.Body)
			r.Body.Close()
		}()
	}
}

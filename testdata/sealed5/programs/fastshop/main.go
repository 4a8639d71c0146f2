// Command fastshop is the baskets of the tills of a hardware chain, with fasthttp.
package main

import (
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"runtime"
	"strings"
	"time"

	"fastshop/basket"
	"probe"
	"pump"
)

// till opens, sells all day over one connection, and stays open.
func till(n int, base string) {
	c := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 1}}
	send := func(path, body string) {
		if r, err := c.Post(base+path, "text/plain", strings.NewReader(body)); err == nil {
			r.Body.Close()
		}
	}
	for i := 0; ; i++ {
		id := fmt.Sprintf("?basket=%d-%d", n, i)
		for range pump.Between(2, 14) {
			send("/add"+id, pump.ID(pump.Between(40, 900)))
			time.Sleep(time.Duration(pump.Between(300, 3500)) * time.Millisecond)
		}
		send("/pay"+id, "")
		time.Sleep(time.Duration(rand.Intn(4000)) * time.Millisecond)
	}
}

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		base := fmt.Sprintf("http://127.0.0.1:%d", pump.Port)
		for i := range 130 { // shops open from west to east
			for pump.X() < 0.72*float64(i)/130 {
				time.Sleep(50 * time.Millisecond)
			}
			go till(i, base)
		}
		select {}
	}
	s := basket.New()
	probe.Gauge("open", s.Open)
	probe.Gauge("paid", s.Paid.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	log.Fatal(s.Serve(fmt.Sprintf("127.0.0.1:%d", pump.Port)))
}

// Command pricewall is the price service of a group of shops.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"runtime"
	"strings"
	"time"

	"github.com/labstack/echo"
	"pricewall/price"
	"probe"
	"pump"
)

func main() {
	port := flag.Int("port", 22110, "first port")
	mode := flag.String("mode", "serve", "serve, upstream or load")
	flag.DurationVar(&pump.Span, "span", pump.Span, "length of the run")
	flag.Parse()
	switch *mode {
	case "load":
		load(fmt.Sprintf("http://127.0.0.1:%d", *port))
	case "upstream":
		supplier(fmt.Sprintf("127.0.0.1:%d", *port+3))
	}
	d := price.New(fmt.Sprintf("http://127.0.0.1:%d", *port+3))
	probe.Gauge("requests_waiting", d.Waiting.Load)
	probe.Gauge("asked_supplier", d.Asked.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(*port + 1)
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.POST("/price/:sku", d.Lookup)
	log.Fatal(e.Start(fmt.Sprintf("127.0.0.1:%d", *port)))
}

// supplier answers in a moment, but for the articles that it has taken off its list it never does.
func supplier(addr string) {
	log.Fatal(http.ListenAndServe(addr, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sku := strings.TrimPrefix(r.URL.Path, "/quote/")
		if strings.HasSuffix(sku, "77") || strings.HasSuffix(sku, "13") {
			<-r.Context().Done()
			return
		}
		time.Sleep(time.Duration(pump.Between(5, 160)) * time.Millisecond)
		var offers []string
		for k := pump.Between(5, 60); k > 0; k-- {
			offers = append(offers, pump.ID(60))
		}
		json.NewEncoder(w).Encode(price.Quote{SKU: sku, Cents: rand.Intn(100000), Offers: offers})
	})))
}

func load(base string) {
	client := &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 20}}
	pump.Run(pump.Flat(26), func(i int) {
		var items []string
		for k := pump.Between(4, 120); k > 0; k-- {
			items = append(items, pump.ID(45))
		}
		b, _ := json.Marshal(map[string]any{"Shop": pump.ID(6), "Items": items})
		req, _ := http.NewRequestWithContext(context.Background(), "POST", fmt.Sprintf("%s/price/A%03d", base, rand.Intn(300)), strings.NewReader(string(b)))
		if resp, err := client.Do(req); err == nil {
			resp.Body.Close()
		}
	})
}

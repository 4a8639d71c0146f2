// merchants look for wines, look at labels and order.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

var regions = []string{"Mosel", "Rhone", "Douro", "Etna", "Rioja", "Wachau", "Tokaj", "Jura", "Priorat", "Alsace"}
var grapes = []string{"Riesling", "Syrah", "Touriga", "Nerello", "Tempranillo", "Gruener", "Furmint", "Savagnin", "Garnacha", "Pinot"}

func search() string {
	v := url.Values{}
	for i := rand.Intn(3); i >= 0; i-- {
		v.Add("region", regions[rand.Intn(10)])
	}
	for i := rand.Intn(3); i > 0; i-- {
		v.Add("grape", grapes[rand.Intn(10)])
	}
	if rand.Intn(2) == 0 {
		v.Set("from", fmt.Sprint(1990+rand.Intn(20)))
	}
	if rand.Intn(2) == 0 {
		v.Set("max", fmt.Sprint(2000+rand.Intn(5000)))
	}
	v.Set("order", []string{"", "price", "vintage"}[rand.Intn(3)])
	return v.Encode()
}

func main() {
	base := flag.String("url", "http://127.0.0.1:8080", "the list")
	period := flag.Duration("period", 240*time.Second, "period of the waves")
	flag.Parse()
	c := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 30}}
	var n, failed int64
	do := func(r *http.Response, err error) {
		atomic.AddInt64(&n, 1)
		if err != nil || r.StatusCode >= 300 {
			atomic.AddInt64(&failed, 1)
		}
		if err == nil {
			io.Copy(io.Discard, r.Body)
			r.Body.Close()
		}
	}
	go func() {
		for range time.Tick(time.Minute) {
			log.Print("requests ", atomic.LoadInt64(&n), " failed ", atomic.LoadInt64(&failed))
		}
	}()
	began := time.Now()
	for i := 0; ; i++ {
		w := 0.5 - 0.5*math.Cos(2*math.Pi*time.Since(began).Seconds()/period.Seconds())
		time.Sleep(time.Duration(float64(time.Second) / (24 + 24*w)))
		go func(i int) {
			switch i % 9 {
			case 0, 2, 3, 4, 5, 6, 7:
				do(c.Get(*base + "/wines?" + search()))
			case 8:
				do(c.Post(fmt.Sprintf("%s/wines/%d/orders", *base, rand.Intn(3000)), "application/json",
					strings.NewReader(fmt.Sprintf(`{"bottles": %d, "merchant": "M%d"}`, 1+rand.Intn(24), rand.Intn(200)))))
			default:
				do(c.Get(fmt.Sprintf("%s/wines/%d/label?size=%s", *base, rand.Intn(3000), []string{"", "small"}[rand.Intn(2)])))
			}
		}(i)
	}
}

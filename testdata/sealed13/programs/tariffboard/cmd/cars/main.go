// Command cars asks for quotes, often twice, and looks at zones.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand"
	"net/http"
	"sync/atomic"
	"time"
)

var failed atomic.Int64

func main() {
	to := flag.String("url", "http://127.0.0.1:7706", "")
	rate := flag.Float64("rate", 17, "calls a second")
	period := flag.Duration("period", 170*time.Second, "")
	zones := flag.Int("zones", 9000, "")
	dur := flag.Duration("for", 20*time.Minute, "")
	flag.Parse()
	c := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 20}}
	began := time.Now()
	zipf := func() int { return int(math.Pow(rand.Float64(), 1.35) * float64(*zones)) }
	for n := 0; time.Since(began) < *dur; n++ {
		r := *rate * (1 + 0.45*math.Sin(2*math.Pi*time.Since(began).Seconds()/period.Seconds()))
		time.Sleep(time.Duration(rand.ExpFloat64() / r * float64(time.Second)))
		if rand.Intn(4) == 0 {
			go do(c.Get(fmt.Sprintf("%s/zones/%d", *to, zipf())))
			continue
		}
		from := time.Now().Unix()
		b, _ := json.Marshal(map[string]any{"contract": fmt.Sprintf("DE*%08d", rand.Intn(400000)), "zone": zipf(), "kwh": 5 + rand.Float64()*60, "from": from, "until": from + int64(3600*(2+rand.Intn(10)))})
		go func() {
			do(c.Post(*to+"/quotes", "application/json", bytes.NewReader(b)))
			if rand.Intn(3) == 0 { // the driver looks again
				time.Sleep(time.Duration(2+rand.Intn(20)) * time.Second)
				do(c.Post(*to+"/quotes", "application/json", bytes.NewReader(b)))
			}
		}()
		if n%1000 == 0 {
			log.Print(n, " calls, ", failed.Load(), " failed")
		}
	}
}

func do(r *http.Response, err error) {
	if err != nil {
		failed.Add(1)
		return
	}
	io.Copy(io.Discard, r.Body)
	r.Body.Close()
}

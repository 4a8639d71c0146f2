// travellers ask when their ferry comes, and book.
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

func main() {
	url := flag.String("url", "http://127.0.0.1:8080", "the desk")
	period := flag.Duration("period", 210*time.Second, "period of the waves")
	flag.Parse()
	c := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 30}}
	var asked, booked, failed int64
	do := func(r *http.Response, err error) {
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
			log.Print("asked ", atomic.LoadInt64(&asked), " booked ", atomic.LoadInt64(&booked), " failed ", atomic.LoadInt64(&failed))
		}
	}()
	began := time.Now()
	for i := 0; ; i++ {
		w := 0.5 + 0.5*math.Sin(2*math.Pi*time.Since(began).Seconds()/period.Seconds())
		time.Sleep(time.Duration(float64(time.Second) / (4 + 14*w)))
		ferry := fmt.Sprintf("F%02d", rand.Intn(14+int(6*w)))
		go func(i int) {
			switch {
			case i%40 == 0:
				do(c.Get(*url + "/ramp/" + ferry))
			case i%2 == 0:
				atomic.AddInt64(&booked, 1)
				ps := make([]map[string]string, 1+rand.Intn(8))
				for k := range ps {
					ps[k] = map[string]string{"name": fmt.Sprintf("Passenger %d of %d", k, i), "vehicle": fmt.Sprintf("KZ-%05d", rand.Intn(99999)), "notes": "wheelchair " + fmt.Sprint(rand.Int63())}
				}
				b, _ := json.Marshal(map[string]interface{}{"id": fmt.Sprint("B", i), "ferry": ferry, "passengers": ps})
				do(c.Post(*url+"/bookings", "application/json", bytes.NewReader(b)))
			default:
				atomic.AddInt64(&asked, 1)
				do(c.Get(*url + "/eta/" + ferry))
			}
		}(i)
	}
}

// Command shops is both sides of labelhouse: the packing tables, and the printers. Some orders for printer 4 want another roll than it has.
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
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

var failed atomic.Int64

func main() {
	to := flag.String("url", "http://127.0.0.1:7708", "")
	hall := flag.String("hall", "127.0.0.1:7758", "")
	rate := flag.Float64("rate", 7, "jobs a second")
	period := flag.Duration("period", 210*time.Second, "")
	late := flag.Duration("late", 380*time.Second, "when orders with other rolls begin")
	dur := flag.Duration("for", 20*time.Minute, "")
	flag.Parse()
	go printers(*hall)
	c := &http.Client{Timeout: 25 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 20}}
	began := time.Now()
	for n := 0; time.Since(began) < *dur; n++ {
		r := *rate * (1 + 0.5*math.Sin(2*math.Pi*time.Since(began).Seconds()/period.Seconds()))
		time.Sleep(time.Duration(rand.ExpFloat64() / r * float64(time.Second)))
		p := rand.Intn(9)
		if rand.Intn(7) == 0 {
			p = 4
		}
		media := "paper"
		if p == 4 && time.Since(began) > *late && rand.Intn(12) == 0 {
			media = "foil"
		}
		b, _ := json.Marshal(map[string]any{"order": fmt.Sprintf("O-%d-%06d", n, rand.Intn(1000000)), "media": media, "code": fmt.Sprintf("%020d", rand.Int63()),
			"address": []string{fmt.Sprintf("Mr. and Mrs. %s", strings.Repeat("x", 4+rand.Intn(20))), fmt.Sprintf("%d Harbour Street", rand.Intn(300)), fmt.Sprintf("%05d Northtown", rand.Intn(99999)), "please leave it at the neighbour's"}})
		go func() {
			a, err := c.Post(fmt.Sprintf("%s/printers/%d/jobs", *to, p), "application/json", bytes.NewReader(b))
			if err != nil {
				failed.Add(1)
				return
			}
			io.Copy(io.Discard, a.Body)
			a.Body.Close()
		}()
		if n%500 == 0 {
			log.Print(n, " jobs, ", failed.Load(), " without an answer")
		}
	}
}

func printers(addr string) {
	log.Fatal(http.ListenAndServe(addr, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(strings.Split(r.URL.Path, "/")[1])
		if strings.HasSuffix(r.URL.Path, "/media") {
			time.Sleep(time.Duration(5+rand.Intn(20)) * time.Millisecond)
			io.WriteString(w, "paper")
			return
		}
		io.Copy(io.Discard, r.Body)
		time.Sleep(time.Duration(200+30*n+rand.Intn(500)) * time.Millisecond)
	})))
}

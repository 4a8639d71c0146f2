// Command handhelds is the depots' handhelds, and the clerks.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"parcel.example/scandesk/internal/scan"
)

var parcels, failed atomic.Int64

func main() {
	to := flag.String("url", "http://127.0.0.1:7703", "")
	rate := flag.Float64("rate", 1.6, "batches a second")
	period := flag.Duration("period", 230*time.Second, "")
	dur := flag.Duration("for", 20*time.Minute, "")
	flag.Parse()
	c := &http.Client{Timeout: 20 * time.Second}
	began := time.Now()
	go clerks(c, *to)
	for n := 0; time.Since(began) < *dur; n++ {
		x := time.Since(began).Seconds() / period.Seconds()
		r := *rate * (1 + 0.5*math.Sin(2*math.Pi*x))
		time.Sleep(time.Duration(rand.ExpFloat64() / r * float64(time.Second)))
		go batch(c, *to)
		if n%200 == 0 {
			log.Print(n, " batches, ", failed.Load(), " failed")
		}
	}
}

func post(c *http.Client, url string, b []byte) {
	r, err := c.Post(url, "application/msgpack", bytes.NewReader(b))
	if err != nil {
		failed.Add(1)
		return
	}
	io.Copy(io.Discard, r.Body)
	r.Body.Close()
}

func clerks(c *http.Client, to string) {
	for {
		time.Sleep(time.Duration(rand.Intn(500)) * time.Millisecond)
		what := []string{"open", "belts"}[rand.Intn(2)]
		if r, err := c.Get(fmt.Sprintf("%s/v1/depots/%d/%s", to, 1+rand.Intn(24), what)); err == nil {
			io.Copy(io.Discard, r.Body)
			r.Body.Close()
		}
	}
}

func batch(c *http.Client, to string) {
	depot := uint16(1 + rand.Intn(24))
	scans := make([]scan.Scan, 140+rand.Intn(260))
	for i := range scans {
		s := &scans[i]
		*s = scan.Scan{Parcel: 4000000000 + uint64(parcels.Add(1)), Depot: depot, Belt: uint16(rand.Intn(9)), Unix: time.Now().Unix(), Lat: 51 + rand.Float64(), Lon: 7 + rand.Float64(), Grams: uint32(rand.Intn(30000)), Size: [3]uint16{300, 200, uint16(rand.Intn(400))}}
		copy(s.Label[:], fmt.Sprintf("PX%022d", s.Parcel))
		copy(s.Operator[:], fmt.Sprintf("op-%03d", rand.Intn(200)))
		if rand.Intn(10) == 0 {
			s.Flags = scan.Late
		}
		if rand.Intn(260) == 0 {
			s.Flags |= 1 << rand.Intn(3)
			if rand.Intn(100) < 55 {
				n := s.Parcel
				time.AfterFunc(time.Duration(20+rand.Intn(160))*time.Second, func() { post(c, fmt.Sprintf("%s/v1/parcels/%d/resolve", to, n), nil) })
			}
		}
	}
	b, err := msgpack.Marshal(pointers(scans))
	if err != nil {
		log.Fatal(err)
	}
	post(c, to+"/v1/batches", b)
}

func pointers(s []scan.Scan) []*scan.Scan {
	p := make([]*scan.Scan, len(s))
	for i := range s {
		p[i] = &s[i]
	}
	return p
}

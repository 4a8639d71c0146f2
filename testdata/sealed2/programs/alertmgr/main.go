// Command alertmgr drives a prometheus-alertmanager with alerts that all end: each fires for half a minute to a minute,
// and the server drops what has ended at its next collection.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math"
	"math/rand"
	"strings"
	"sync/atomic"
	"time"

	"pump"
)

type alert struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	StartsAt    time.Time         `json:"startsAt"`
	EndsAt      time.Time         `json:"endsAt"`
}

func main() {
	port := flag.Int("port", 22040, "port of the server")
	mode := flag.String("mode", "load", "load")
	flag.DurationVar(&pump.Span, "span", pump.Span, "length of the run")
	flag.Parse()
	_ = mode
	url := fmt.Sprintf("http://127.0.0.1:%d/api/v2/alerts", *port)
	var sent atomic.Int64
	// Two and a quarter waves: the run ends at a crest.
	wave := func() float64 { return 1.6 - 1.1*math.Cos(2*math.Pi*2.5*pump.X()) }
	go pump.Run(wave, func(i int) {
		now := time.Now()
		var as []alert
		for k := 0; k < 6; k++ {
			as = append(as, alert{
				Labels:      map[string]string{"alertname": fmt.Sprintf("Pump%02d", rand.Intn(25)), "site": fmt.Sprintf("site-%d", rand.Intn(4)), "sensor": pump.ID(14), "severity": "page"},
				Annotations: map[string]string{"summary": "pressure out of range", "reading": strings.Repeat(pump.ID(8)+" ", pump.Between(100, 400))},
				StartsAt:    now, EndsAt: now.Add(time.Duration(pump.Between(30, 60)) * time.Second),
			})
		}
		b, _ := json.Marshal(as)
		resp, err := pump.Web.Post(url, "application/json", bytes.NewReader(b))
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == 200 {
				sent.Add(6)
			}
		}
	})
	go pump.Run(pump.Flat(0.4), func(i int) { pump.Get(url) })
	for {
		time.Sleep(5 * time.Second)
		log.Printf("alerts sent %d", sent.Load())
	}
}

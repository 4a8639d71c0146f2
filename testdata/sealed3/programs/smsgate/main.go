//go:debug httpmuxgo121=0

// Command smsgate sends the text messages of shops, and measures how long each carrier takes.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"runtime"

	"github.com/rcrowley/go-metrics"

	"probe"
	"pump"
	"smsgate/campaign"
	"smsgate/carrier"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		load(fmt.Sprintf("http://127.0.0.1:%d", pump.Port))
	}
	reg := metrics.NewRegistry()
	out := carrier.New(reg)
	d := campaign.New(reg, out)
	probe.Gauge("timers", func() int64 { n := int64(0); reg.Each(func(string, any) { n++ }); return n })
	probe.Gauge("senders", d.Senders.Load)
	probe.Gauge("campaigns_running", d.Running.Load)
	probe.Gauge("sent", out.Sent.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /campaign", d.Begin)
	mux.HandleFunc("POST /send", d.Send)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), mux))
}

func load(base string) {
	go pump.Run(pump.Wave(.4, 2.4, 4), func(i int) {
		var c campaign.Campaign
		c.Name = pump.ID(12)
		for k := pump.Between(20, 120); k > 0; k-- {
			c.To = append(c.To, fmt.Sprintf("+49%09d", rand.Intn(1e9)))
		}
		c.Text = pump.ID(140)
		b, _ := json.Marshal(c)
		pump.Post(base+"/campaign", b)
	})
	senders := []string{}
	pump.Run(pump.Flat(12), func(i int) {
		// every tenth comes from a shop that has not sent before
		if i%10 == 0 || len(senders) == 0 {
			senders = append(senders, "shop-"+pump.ID(9))
		}
		s := senders[rand.Intn(len(senders))]
		if rand.Intn(3) > 0 {
			s = senders[max(0, len(senders)-1-rand.Intn(10))]
		}
		b, _ := json.Marshal(campaign.Message{From: s, To: fmt.Sprintf("+49%09d", rand.Intn(1e9)), Text: pump.ID(90)})
		pump.Post(base+"/send", b)
	})
}

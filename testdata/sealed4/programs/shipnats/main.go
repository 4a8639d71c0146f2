//go:debug httpmuxgo121=0

// Command shipnats answers where parcels are: it asks the carriers over NATS, and listens to what depots scan.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"runtime"
	"time"

	"github.com/nats-io/nats.go"

	"probe"
	"pump"
	"shipnats/proof"
	"shipnats/track"
)

func main() {
	pump.Flags()
	url := fmt.Sprintf("nats://127.0.0.1:%d", pump.Port+4)
	nc, err := nats.Connect(url, nats.MaxReconnects(-1))
	if err != nil {
		log.Fatal(err)
	}
	switch pump.Mode {
	case "load":
		load(nc)
	case "upstream":
		carriers(nc)
	}
	ps := proof.New()
	if err := ps.Listen(nc); err != nil {
		log.Fatal(err)
	}
	d := track.New(nc)
	probe.Gauge("looks", d.Looks.Load)
	probe.Gauge("looks_late", d.Late.Load)
	probe.Gauge("scans", ps.Scans.Load)
	probe.Gauge("to_bill", func() int64 { return int64(ps.Len()) })
	probe.Gauge("subscriptions", func() int64 { return int64(nc.NumSubscriptions()) })
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /track/{id}", d.Track)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), mux))
}

// carriers answer where a parcel is. The third has no night shift: it does not know parcels that end with 9.
func carriers(nc *nats.Conn) {
	for c := 0; c < 3; c++ {
		nc.Subscribe("where.is", func(m *nats.Msg) {
			id := string(m.Data)
			if c == 2 && id[len(id)-1] == '9' {
				return
			}
			time.AfterFunc(time.Duration(pump.Between(5, 120))*time.Millisecond, func() {
				b, _ := json.Marshal(map[string]any{"carrier": c, "id": id, "place": pump.ID(20), "steps": pump.ID(pump.Between(200, 2000))})
				nc.Publish(m.Reply, b)
			})
		})
	}
	select {}
}

func load(nc *nats.Conn) {
	go pump.Run(pump.Wave(5, 22, 2), func(i int) { // scans of the depots, with a picture
		kind := []string{"in", "out", "sort", "lost", "delivered"}[i%5]
		b, _ := json.Marshal(map[string]any{"kind": kind, "id": pump.ID(14), "name": pump.ID(pump.Between(6, 24)), "picture": pump.ID(pump.Between(3000, 16000))})
		nc.Publish("scan."+kind, b)
	})
	pump.Run(pump.Wave(3, 14, 2), func(i int) {
		pump.Get(fmt.Sprintf("http://127.0.0.1:%d/track/P%d%d", pump.Port, rand.Intn(100000), []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 9}[i%13]))
	})
}

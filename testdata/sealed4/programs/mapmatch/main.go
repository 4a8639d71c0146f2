//go:debug httpmuxgo121=0

// Command mapmatch finds which roads a vehicle drove; what it computed is kept for a while (ttlcache).
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"runtime"
	"time"

	"mapmatch/roads"
	"mapmatch/trips"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		load(fmt.Sprintf("http://127.0.0.1:%d", pump.Port))
	}
	rs := roads.New(200*time.Second, 5000)
	d := trips.New(rs)
	probe.Gauge("tiles_made", rs.Made.Load)
	probe.Gauge("tiles_kept", func() int64 { return int64(rs.Len()) })
	probe.Gauge("tiles_expired", rs.Expired.Load)
	probe.Gauge("trips", d.Trips.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /trip", d.Match)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), mux))
}

func load(base string) {
	zipf := rand.NewZipf(rand.New(rand.NewSource(5)), 1.2, 400, 200000)
	tiles := make(chan uint64)
	go func() {
		for {
			tiles <- zipf.Uint64()
		}
	}()
	pump.Run(pump.Wave(3, 9, 4.5), func(i int) {
		var t trips.Trip
		for k := pump.Between(4, 30); k > 0; k-- {
			tile := int(<-tiles)
			for p := 0; p < 4; p++ {
				t.Points = append(t.Points, trips.Point{Tile: tile, X: rand.Intn(4096), Y: rand.Intn(4096)})
			}
			if k%3 > 0 {
				<-tiles
			}
		}
		t.Points = t.Points[:min(len(t.Points), 16)]
		b, _ := json.Marshal(t)
		pump.Post(base+"/trip", b)
	})
}

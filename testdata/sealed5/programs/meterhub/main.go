// Command meterhub takes the readings of electricity meters over DTLS.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"math/rand"
	"net"
	"net/http"
	"runtime"
	"time"

	"github.com/pion/dtls/v2"

	"meterhub/hub"
	"meterhub/readings"
	"probe"
	"pump"
)

func meter(port int) {
	c, err := dtls.Dial("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}, hub.Config(nil))
	if err != nil {
		return
	}
	id := rand.Intn(3000)
	buf := make([]byte, 2000)
	for range pump.Between(2, 9) {
		b, _ := json.Marshal(readings.Reading{Meter: id, KWh: rand.Float64() * 9000, Volts: []float64{230 + rand.Float64(), 229, 231}})
		c.Write(b)
		c.SetReadDeadline(time.Now().Add(2 * time.Second))
		c.Read(buf)
		time.Sleep(time.Duration(pump.Between(100, 900)) * time.Millisecond)
	}
	if rand.Intn(3) > 0 { // the others lose their radio
		c.Close()
	}
}

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		go pump.Run(pump.Flat(2), func(i int) {
			pump.Get(fmt.Sprintf("http://127.0.0.1:%d/meters/%d", pump.Port+2, rand.Intn(3000)))
		})
		pump.Run(pump.Wave(0.6, 4, 2.5), func(i int) { meter(pump.Port) })
	}
	t := readings.New()
	h := hub.New(t)
	probe.Gauge("links", h.Links.Load)
	probe.Gauge("closed", h.Closed.Load)
	probe.Gauge("readings", t.Count.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	go func() { log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port+2), t)) }()
	log.Fatal(h.Serve(pump.Port))
}

// Command batchpay pays workers by the hours they hand in.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/rand"

	"batchpay/payroll"
	"github.com/gomodule/redigo/redis"
	"probe"
	"pump"
)

func main() {
	port := flag.Int("port", 22190, "first port")
	mode := flag.String("mode", "serve", "serve or load")
	flag.DurationVar(&pump.Span, "span", pump.Span, "length of the run")
	flag.Parse()
	addr := fmt.Sprintf("127.0.0.1:%d", *port+3)
	if *mode == "load" {
		load(addr)
	}
	d := payroll.New(addr, 1500)
	probe.Gauge("held", d.Held.Load)
	probe.Gauge("paid", d.Paid.Load)
	probe.Gauge("batches", d.Batches.Load)
	probe.Listen(*port + 1)
	go d.Collect()
	go d.Collect()
	d.Collect()
}

func load(addr string) {
	c, err := redis.Dial("tcp", addr)
	if err != nil {
		log.Fatal(err)
	}
	// A batch is full after about 70 seconds.
	slot := make(chan struct{}, 1)
	pump.Run(pump.Flat(21), func(i int) {
		var hours []float64
		for k := pump.Between(20, 300); k > 0; k-- {
			hours = append(hours, float64(rand.Intn(100))/4)
		}
		b, _ := json.Marshal(payroll.Sheet{Worker: fmt.Sprintf("w%03d", rand.Intn(400)), Hours: hours, Note: pump.ID(pump.Between(500, 6000))})
		slot <- struct{}{}
		c.Do("RPUSH", "hours", b)
		<-slot
	})
}

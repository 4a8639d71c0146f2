// Command natsbroker drives a nats-server as a parcel-tracking desk would. A customer who looks at a parcel gets a
// subscription to its events; it should end when the parcel is delivered, but nobody calls Unsubscribe.
package main

import (
	"flag"
	"fmt"
	"log"
	"math/rand"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"pump"
)

func main() {
	port := flag.Int("port", 22000, "port of the server")
	mode := flag.String("mode", "load", "load")
	flag.DurationVar(&pump.Span, "span", pump.Span, "length of the run")
	flag.Parse()
	_ = mode
	url := fmt.Sprintf("nats://127.0.0.1:%d", *port)
	var desks []*nats.Conn
	for i := 0; i < 3; i++ {
		c, err := nats.Connect(url, nats.Name(fmt.Sprint("desk-", i)))
		if err != nil {
			log.Fatal(err)
		}
		desks = append(desks, c)
	}
	var watched, visits atomic.Int64
	// The desks: a look at a parcel subscribes.
	go pump.Run(pump.Flat(42), func(i int) {
		c := desks[i%len(desks)]
		id := pump.ID(12)
		if _, err := c.Subscribe("parcel."+id+".events", func(m *nats.Msg) {}); err == nil {
			watched.Add(1)
		}
		// Three of four parcels have an event at once, which the watcher gets.
		if i%4 != 0 {
			c.Publish("parcel."+id+".events", make([]byte, pump.Between(100, 900)))
		}
	})
	// Scanners come for a few seconds, subscribe to what they need, send pictures, and go.
	go pump.Run(pump.Flat(3), func(i int) {
		c, err := nats.Connect(url, nats.Name("scanner"))
		if err != nil {
			return
		}
		defer c.Close()
		visits.Add(1)
		depot := pump.ID(6)
		for k := 0; k < 12; k++ {
			c.Subscribe(fmt.Sprintf("depot.%s.%d", depot, k), func(m *nats.Msg) {})
		}
		for k := 0; k < 6; k++ {
			c.Publish(fmt.Sprintf("depot.%s.%d", depot, k), make([]byte, pump.Between(8<<10, 60<<10)))
			time.Sleep(time.Duration(rand.Intn(900)) * time.Millisecond)
		}
	})
	for {
		time.Sleep(5 * time.Second)
		log.Printf("subscriptions left open %d scanner visits %d", watched.Load(), visits.Load())
	}
}

// Command waybill is the load of a broker (AMQP): depots report parcels, desks ask where they are.
package main

import (
	"fmt"
	"log"
	"math/rand"
	"time"

	"drive"
	"github.com/streadway/amqp"
	"probe"
	"waybill/desk"
)

func dial() *amqp.Connection {
	for {
		c, err := amqp.DialConfig("amqp://guest:guest@"+drive.Addr(0)+"/", amqp.Config{Vhost: "/", Heartbeat: 20 * time.Second})
		if err == nil {
			return c
		}
		log.Print(err)
		time.Sleep(time.Second)
	}
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	drive.Flags()
	probe.Gauge("asked", desk.Asked.Load)
	probe.Gauge("answered", desk.Answered.Load)
	probe.Listen(drive.Port + 2)

	// the depots' reports, and who reads them
	c := dial()
	out, err := c.Channel()
	must(err)
	_, err = out.QueueDeclare("parcels", false, false, false, false, nil)
	must(err)
	in, err := dial().Channel()
	must(err)
	must(in.Qos(50, 0, false))
	read, err := in.Consume("parcels", "", false, false, false, false, nil)
	must(err)
	go func() {
		for m := range read {
			m.Ack(false)
		}
	}()
	must(desk.Serve(dial()))
	lines := []*amqp.Connection{dial(), dial(), dial()}
	go drive.Run(111, drive.Wave(8, 40, 2), func(i int, r *rand.Rand) {
		out.Publish("", "parcels", false, false, amqp.Publishing{ContentType: "text/plain", Body: []byte(drive.Text(r, drive.Between(r, 300, 4000)))})
	})
	drive.Run(112, drive.Wave(0.8, 3.4, 2), func(i int, r *rand.Rand) {
		if err := desk.Ask(lines[i%len(lines)], drive.ID(r, 10), fmt.Sprintf("where is %d", r.Intn(1e6))); err != nil {
			log.Print(err)
		}
	})
}

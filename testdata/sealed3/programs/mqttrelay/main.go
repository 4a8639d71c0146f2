//go:debug httpmuxgo121=0

// Command mqttrelay lets shops switch the shelf labels that hang on an MQTT broker.
package main

import (
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"runtime"
	"strings"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"mqttrelay/lease"
	"mqttrelay/relay"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	broker := fmt.Sprintf("tcp://127.0.0.1:%d", pump.Port+3)
	if pump.Mode == "load" {
		load(fmt.Sprintf("http://127.0.0.1:%d", pump.Port), broker)
	}
	ls := lease.New(6 * time.Hour)
	r := relay.New(broker, ls)
	probe.Gauge("no_answer", r.Silent.Load)
	probe.Gauge("sent", r.Sent.Load)
	probe.Gauge("leases_set", ls.Set.Load)
	probe.Gauge("leases", func() int64 { return int64(ls.Len()) })
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /label/{id}", r.Switch)
	mux.HandleFunc("PUT /lease/{id}", ls.Put)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), mux))
}

func load(base, broker string) {
	c := mqtt.NewClient(mqtt.NewClientOptions().AddBroker(broker).SetClientID("labels"))
	if t := c.Connect(); t.Wait() && t.Error() != nil {
		log.Fatal(t.Error())
	}
	c.Subscribe("label/+/set", 1, func(c mqtt.Client, m mqtt.Message) {
		id := strings.Split(m.Topic(), "/")[1]
		if strings.HasSuffix(id, "9") { // has lost its battery
			return
		}
		go func() {
			time.Sleep(time.Duration(pump.Between(5, 80)) * time.Millisecond)
			c.Publish("label/"+id+"/ok", 0, false, pump.ID(30))
		}()
	})
	go pump.Run(pump.Flat(12), func(i int) {
		pump.Send("PUT", fmt.Sprintf("%s/lease/%d", base, rand.Intn(150)), []byte(fmt.Sprintf(`{"shop":%q,"text":%q,"lines":[%q,%q]}`, pump.ID(12), pump.ID(pump.Between(500, 2500)), pump.ID(200), pump.ID(200))))
	})
	pump.Run(pump.Flat(3), func(i int) {
		id := rand.Intn(900)*10 + rand.Intn(9)
		if i%7 == 0 {
			id = rand.Intn(900)*10 + 9
		}
		pump.Post(fmt.Sprintf("%s/label/%d", base, id), []byte(pump.ID(300)))
	})
}

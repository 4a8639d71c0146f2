// Package relay sends a text to a label and waits until the label says that it shows it.
package relay

import (
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"sync/atomic"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"mqttrelay/lease"
)

type Relay struct {
	broker string
	leases *lease.Book

	Sent, Silent atomic.Int64
}

func New(broker string, l *lease.Book) *Relay { return &Relay{broker: broker, leases: l} }

func (r *Relay) dial() (mqtt.Client, error) {
	o := mqtt.NewClientOptions().AddBroker(r.broker).SetClientID(fmt.Sprintf("relay-%x", rand.Uint64())).SetKeepAlive(30 * time.Second).SetConnectTimeout(4 * time.Second)
	c := mqtt.NewClient(o)
	t := c.Connect()
	t.Wait()
	return c, t.Error()
}

// Switch changes what a label shows.
func (r *Relay) Switch(w http.ResponseWriter, req *http.Request) {
	id := req.PathValue("id")
	text, err := io.ReadAll(req.Body)
	if err != nil {
		return
	}
	c, err := r.dial()
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	shown := make(chan []byte, 1)
	t := c.Subscribe("label/"+id+"/ok", 1, func(_ mqtt.Client, m mqtt.Message) {
		select {
		case shown <- m.Payload():
		default:
		}
	})
	if t.Wait() && t.Error() != nil {
		c.Disconnect(10)
		http.Error(w, t.Error().Error(), http.StatusBadGateway)
		return
	}
	c.Publish("label/"+id+"/set", 1, false, text).Wait()
	r.Sent.Add(1)
	select {
	case s := <-shown:
		c.Disconnect(10)
		w.Write(s)
	case <-time.After(1500 * time.Millisecond):
		r.Silent.Add(1)
		http.Error(w, "label does not answer", http.StatusGatewayTimeout)
	}
}

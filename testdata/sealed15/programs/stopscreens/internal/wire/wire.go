// Package wire is our side of NATS: news of stops, as the buses send them.
package wire

import (
	"encoding/json"
	"time"

	"github.com/nats-io/nats.go"
)

// News is what a screen shows of one bus.
type News struct {
	Stop string    `json:"stop"`
	Line string    `json:"line"`
	Trip string    `json:"trip"`
	Late int       `json:"late"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

type Wire struct{ nc *nats.Conn }

func Connect(url string) (*Wire, error) {
	nc, err := nats.Connect(url, nats.MaxReconnects(-1), nats.Name("stopscreens"))
	if err != nil {
		return nil, err
	}
	return &Wire{nc}, nil
}

// Follow calls f for all that is new at a stop. The line that serves all stops
// (works, strikes) is followed as well.
func (w *Wire) Follow(stop string, f func(News)) (stopFollowing func(), err error) {
	h := func(m *nats.Msg) {
		var n News
		if json.Unmarshal(m.Data, &n) == nil {
			f(n)
		}
	}
	own, err := w.nc.Subscribe("stops."+stop, h)
	if err != nil {
		return nil, err
	}
	all, err := w.nc.Subscribe("network", h)
	if err != nil {
		own.Unsubscribe()
		return nil, err
	}
	return func() {
		own.Unsubscribe()
		all.Unsubscribe()
	}, nil
}

// Tell sends news of a stop.
func (w *Wire) Tell(n News) error {
	b, err := json.Marshal(n)
	if err != nil {
		return err
	}
	if n.Stop == "" {
		return w.nc.Publish("network", b)
	}
	return w.nc.Publish("stops."+n.Stop, b)
}

func (w *Wire) Subscriptions() int { return w.nc.NumSubscriptions() }

// Package bus gives commands to the valves, by MQTT.
package bus

import (
	"encoding/json"
	"errors"
	"sync/atomic"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/google/uuid"
)

var ErrSlow = errors.New("bus: the broker does not answer")

// Command is what a valve is told.
type Command struct {
	Open   bool   `json:"open"`
	Litres int    `json:"litres"`
	By     string `json:"by"`
}

// Bus is the farm's broker.
type Bus struct {
	broker   string
	patience time.Duration
	sent     atomic.Int64
}

func New(broker string, patience time.Duration) *Bus {
	return &Bus{broker: broker, patience: patience}
}

// Send publishes a command, and returns when the broker has it.
func (b *Bus) Send(topic string, c Command) error {
	body, err := json.Marshal(c)
	if err != nil {
		return err
	}
	opts := mqtt.NewClientOptions().
		AddBroker(b.broker).
		SetClientID("valvecontrol-" + uuid.NewString()).
		SetKeepAlive(60 * time.Second).
		SetConnectTimeout(b.patience)
	client := mqtt.NewClient(opts)
	if t := client.Connect(); !t.WaitTimeout(b.patience) {
		return ErrSlow
	} else if t.Error() != nil {
		return t.Error()
	}
	t := client.Publish(topic, 1, false, body)
	if !t.WaitTimeout(b.patience) {
		return ErrSlow
	}
	b.sent.Add(1)
	return t.Error()
}

// Sent is how many commands the broker has taken.
func (b *Bus) Sent() int64 { return b.sent.Load() }

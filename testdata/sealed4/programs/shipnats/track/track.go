// Package track asks all carriers where a parcel is.
package track

import (
	"encoding/json"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
)

const carriers = 3

type Desk struct {
	nc          *nats.Conn
	Looks, Late atomic.Int64
}

func New(nc *nats.Conn) *Desk { return &Desk{nc: nc} }

type Place struct {
	Carrier   int
	ID, Place string
	Steps     string
}

// Track gives what the carriers say, or what has come after half a second.
func (d *Desk) Track(w http.ResponseWriter, r *http.Request) {
	d.Looks.Add(1)
	inbox := nats.NewInbox()
	answers := make(chan *nats.Msg, carriers)
	sub, err := d.nc.Subscribe(inbox, func(m *nats.Msg) { answers <- m })
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	if err := d.nc.PublishRequest("where.is", inbox, []byte(r.PathValue("id"))); err != nil {
		sub.Unsubscribe()
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	var places []Place
	late := time.NewTimer(500 * time.Millisecond)
	defer late.Stop()
	for len(places) < carriers {
		select {
		case m := <-answers:
			var p Place
			if json.Unmarshal(m.Data, &p) == nil {
				places = append(places, p)
			}
		case <-late.C:
			d.Late.Add(1)
			w.Header().Set("Warning", "some carriers are late")
			json.NewEncoder(w).Encode(places)
			return
		}
	}
	sub.Unsubscribe()
	json.NewEncoder(w).Encode(places)
}

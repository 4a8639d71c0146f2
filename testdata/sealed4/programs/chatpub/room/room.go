// Package room has the rooms, whose messages go to all who are in them.
package room

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/moby/pubsub"
)

type Message struct {
	At   time.Time
	Text string
}

type Rooms struct {
	rooms                       []*pubsub.Publisher
	Said, Streams, Polls, Empty atomic.Int64
}

func New(n int) *Rooms {
	rs := &Rooms{}
	for i := 0; i < n; i++ {
		rs.rooms = append(rs.rooms, pubsub.NewPublisher(25*time.Millisecond, 32))
	}
	return rs
}

func (rs *Rooms) Subscribed() (n int) {
	for _, r := range rs.rooms {
		n += r.Len()
	}
	return n
}

func (rs *Rooms) room(w http.ResponseWriter, r *http.Request) *pubsub.Publisher {
	n, err := strconv.Atoi(r.PathValue("id"))
	if err != nil || n < 0 || n >= len(rs.rooms) {
		http.NotFound(w, r)
		return nil
	}
	return rs.rooms[n]
}

// Say takes a message.
func (rs *Rooms) Say(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(io.LimitReader(r.Body, 16<<10))
	if err != nil {
		return
	}
	if p := rs.room(w, r); p != nil {
		rs.Said.Add(1)
		p.Publish(&Message{time.Now(), string(b)})
	}
}

// Stream sends all messages of a room until the browser leaves.
func (rs *Rooms) Stream(w http.ResponseWriter, r *http.Request) {
	p := rs.room(w, r)
	if p == nil {
		return
	}
	rs.Streams.Add(1)
	defer rs.Streams.Add(-1)
	in := p.Subscribe()
	defer p.Evict(in)
	w.Header().Set("Content-Type", "text/event-stream")
	for {
		select {
		case m := <-in:
			b, _ := json.Marshal(m)
			fmt.Fprintf(w, "data: %s\n\n", b)
			http.NewResponseController(w).Flush()
		case <-r.Context().Done():
			return
		}
	}
}

// Poll waits for the next message, for browsers that know no streams.
func (rs *Rooms) Poll(w http.ResponseWriter, r *http.Request) {
	p := rs.room(w, r)
	if p == nil {
		return
	}
	rs.Polls.Add(1)
	next := p.Subscribe()
	select {
	case m := <-next:
		p.Evict(next)
		json.NewEncoder(w).Encode(m)
	case <-time.After(2 * time.Second):
		rs.Empty.Add(1)
		w.WriteHeader(http.StatusNoContent)
	}
}

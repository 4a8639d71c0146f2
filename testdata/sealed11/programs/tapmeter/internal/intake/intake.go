// Package intake takes the frames that the mirror sends.
package intake

import (
	"encoding/binary"
	"io"
	"net/http"
	"time"

	"github.com/rs/zerolog"

	"plant.example/tapmeter/internal/flows"
)

type Intake struct {
	tap   *flows.Tap
	log   zerolog.Logger
	queue chan []byte
}

func New(t *flows.Tap, depth int, log zerolog.Logger) *Intake {
	return &Intake{tap: t, log: log, queue: make(chan []byte, depth)}
}

// Receive takes a batch: frames with their length, 16 bits, before them.
func (i *Intake) Receive(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	select {
	case i.queue <- b:
		w.WriteHeader(http.StatusAccepted)
	case <-time.After(time.Second):
		http.Error(w, "later", http.StatusServiceUnavailable)
	}
}

// Work hands frames to the tap, for ever.
func (i *Intake) Work() {
	tidy := time.NewTicker(5 * time.Second)
	defer tidy.Stop()
	for {
		select {
		case b := <-i.queue:
			i.batch(b)
		case now := <-tidy.C:
			i.tap.Tidy(now)
		}
	}
}

func (i *Intake) batch(b []byte) {
	at := time.Now()
	bad := 0
	for len(b) >= 2 {
		n := int(binary.BigEndian.Uint16(b))
		if b = b[2:]; n > len(b) {
			break
		}
		if i.tap.Frame(b[:n], at) != nil {
			bad++
		}
		b = b[n:]
	}
	if bad > 0 {
		i.log.Warn().Int("frames", bad).Msg("not understood")
	}
}

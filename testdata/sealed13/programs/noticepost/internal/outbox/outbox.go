// Package outbox hands mails over to the relay.
package outbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/sirupsen/logrus"
)

var ErrFull = errors.New("outbox: full")

type mail struct {
	to   string
	data []byte
}

// Outbox has room for some mails, and workers that send them.
type Outbox struct {
	relay  string
	client *http.Client
	queue  chan mail
	sent   atomic.Int64
	lost   atomic.Int64
	bytes  atomic.Int64 // in the queue, or being sent
}

// New starts the workers, which end with ctx.
func New(ctx context.Context, relay string, room, workers int) *Outbox {
	o := &Outbox{relay: relay, client: &http.Client{Timeout: 15 * time.Second}, queue: make(chan mail, room)}
	for range workers {
		go o.work(ctx)
	}
	return o
}

// Put puts a mail into the queue.
func (o *Outbox) Put(to string, data []byte) error {
	select {
	case o.queue <- mail{to, data}:
		o.bytes.Add(int64(len(data)))
		return nil
	default:
		return ErrFull
	}
}

func (o *Outbox) work(ctx context.Context) {
	for {
		select {
		case m := <-o.queue:
			b := backoff.NewExponentialBackOff()
			b.InitialInterval, b.MaxInterval, b.MaxElapsedTime = time.Second, 8*time.Second, time.Minute
			if err := backoff.Retry(func() error { return o.send(ctx, m) }, backoff.WithContext(b, ctx)); err != nil {
				o.lost.Add(1)
				logrus.WithError(err).WithField("to", m.to).Error("given up")
			} else {
				o.sent.Add(1)
			}
			o.bytes.Add(-int64(len(m.data)))
		case <-ctx.Done():
			return
		}
	}
}

func (o *Outbox) send(ctx context.Context, m mail) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.relay, bytes.NewReader(m.data))
	if err != nil {
		return backoff.Permanent(err)
	}
	req.Header.Set("Content-Type", "message/rfc822")
	r, err := o.client.Do(req)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	io.Copy(io.Discard, r.Body)
	if r.StatusCode >= 300 {
		return fmt.Errorf("relay: %s", r.Status)
	}
	return nil
}

// Stats is what waits, and what was sent and lost.
func (o *Outbox) Stats() (waiting int, kb, sent, lost int64) {
	return len(o.queue), o.bytes.Load() >> 10, o.sent.Load(), o.lost.Load()
}

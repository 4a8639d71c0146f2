// Package feed hears from the box office which performances have changed.
package feed

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/gorilla/websocket"
	"go.uber.org/zap"
)

// Change is one message.
type Change struct {
	Performance int    `json:"performance"`
	Note        string `json:"note"`
}

// Feed connects again whenever the connection is lost.
type Feed struct {
	url      string
	log      *zap.Logger
	changed  func(Change)
	connects atomic.Int64
	messages atomic.Int64
}

func New(url string, log *zap.Logger, changed func(Change)) *Feed {
	return &Feed{url: url, log: log, changed: changed}
}

// Run listens until ctx is done.
func (f *Feed) Run(ctx context.Context) {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval, b.MaxElapsedTime = 500*time.Millisecond, 5*time.Second, 0
	backoff.RetryNotify(func() error {
		err := f.listen(ctx, b.Reset)
		if ctx.Err() != nil {
			return backoff.Permanent(ctx.Err())
		}
		return err
	}, backoff.WithContext(b, ctx), func(err error, d time.Duration) {
		f.log.Debug("feed", zap.Error(err), zap.Duration("again", d))
	})
}

func (f *Feed) listen(ctx context.Context, connected func()) error {
	c, _, err := websocket.DefaultDialer.DialContext(ctx, f.url, nil)
	if err != nil {
		return err
	}
	defer c.Close()
	connected()
	f.connects.Add(1)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go f.ping(ctx, c)
	for {
		c.SetReadDeadline(time.Now().Add(30 * time.Second))
		var ch Change
		if err := c.ReadJSON(&ch); err != nil {
			return err
		}
		f.messages.Add(1)
		f.changed(ch)
	}
}

func (f *Feed) ping(ctx context.Context, c *websocket.Conn) {
	t := time.NewTicker(10 * time.Second)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			c.WriteControl(websocket.PingMessage, nil, time.Now().Add(5*time.Second))
		case <-ctx.Done():
			return
		}
	}
}

// Stats is how often it connected, and how many messages came.
func (f *Feed) Stats() (connects, messages int64) { return f.connects.Load(), f.messages.Load() }

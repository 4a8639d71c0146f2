// Package board passes scans of parcels, which come over the bus, to those who follow a parcel.
package board

import (
	"context"
	"encoding/json"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"go.uber.org/zap"

	"parcels.example/lockerdesk/internal/lockers"
)

type Board struct {
	nc  *nats.Conn
	log *zap.Logger

	followed, following atomic.Int64
}

func New(nc *nats.Conn, log *zap.Logger) *Board { return &Board{nc: nc, log: log} }

// Publish tells the bus of a scan.
func (b *Board) Publish(sc *lockers.Scan) error {
	sc.ID, sc.At = uuid.New(), time.Now()
	raw, err := json.Marshal(sc)
	if err != nil {
		return err
	}
	return b.nc.Publish("parcel."+sc.Parcel+"."+sc.State, raw)
}

// Feed has all scans applied to the sites.
func (b *Board) Feed(s *lockers.Sites) (*nats.Subscription, error) {
	return b.nc.Subscribe("parcel.>", func(m *nats.Msg) {
		sc := new(lockers.Scan)
		if err := json.Unmarshal(m.Data, sc); err != nil {
			b.log.Warn("scan", zap.String("subject", m.Subject), zap.Error(err))
			return
		}
		s.Apply(sc)
	})
}

// A follower is somebody who has the page of a parcel open.
type follower struct {
	parcel string
	scans  chan *lockers.Scan
	page   []byte // what is on their page
}

func (f *follower) receive(m *nats.Msg) {
	sc := new(lockers.Scan)
	if json.Unmarshal(m.Data, sc) != nil {
		return
	}
	select {
	case f.scans <- sc:
	default: // too slow: the page asks again anyway
	}
}

// render draws the head of the page, and gives what is to be sent.
func (f *follower) render(sc *lockers.Scan) []byte {
	f.page = append(f.page[:0], "event: "...)
	f.page = append(f.page, sc.State...)
	f.page = append(f.page, "\ndata: "...)
	f.page = append(f.page, strings.ToUpper(sc.Place)...)
	f.page = sc.At.AppendFormat(append(f.page, ' '), time.RFC3339)
	return append(f.page, "\n\n"...)
}

// Follow sends what happens to a parcel until the caller's time is over or they are gone.
func (b *Board) Follow(ctx context.Context, parcel string, wait time.Duration, send func([]byte) error) error {
	f := &follower{parcel: parcel, scans: make(chan *lockers.Scan, 24), page: make([]byte, 0, 6<<10)}
	sub, err := b.nc.Subscribe("parcel."+parcel+".*", f.receive)
	if err != nil {
		return err
	}
	defer sub.Unsubscribe()
	b.followed.Add(1)
	b.following.Add(1)
	defer b.following.Add(-1)
	over := time.NewTimer(wait)
	defer over.Stop()
	for {
		select {
		case sc := <-f.scans:
			if err := send(f.render(sc)); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		case <-over.C:
			return nil
		}
	}
}

func (b *Board) Counts() (all, now int64) { return b.followed.Load(), b.following.Load() }

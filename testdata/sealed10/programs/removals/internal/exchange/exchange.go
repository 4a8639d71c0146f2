// Package exchange sends inquiries to all firms at once.
package exchange

import (
	"context"
	"log"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"move.example/removals/internal/firms"
)

type Room struct {
	Name   string   `json:"name"`
	Metres int      `json:"metres"`
	Things []string `json:"things"`
}

type Inquiry struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Km    int    `json:"km"`
	Rooms []Room `json:"rooms"`
}

type Offer struct {
	Firm  string `json:"firm"`
	Cents int    `json:"cents"`
}

type Exchange struct {
	firms   []*firms.Firm
	wait    time.Duration
	asked   atomic.Int64
	settled atomic.Int64
	refused atomic.Int64
	volume  atomic.Int64
}

func New(fs []*firms.Firm, wait time.Duration) *Exchange { return &Exchange{firms: fs, wait: wait} }

func (x *Exchange) Counts() (asked, settled int64) { return x.asked.Load(), x.settled.Load() }

func (x *Exchange) Firms() (names []string) {
	for _, f := range x.firms {
		names = append(names, f.Name)
	}
	return
}

func (in *Inquiry) metres() (n int) {
	for _, r := range in.Rooms {
		n += r.Metres + len(r.Things)
	}
	return
}

// Ask returns the offers that come in time, the cheapest first.
func (x *Exchange) Ask(ctx context.Context, in *Inquiry) []Offer {
	ctx, stop := context.WithTimeout(ctx, x.wait)
	defer stop()
	x.asked.Add(1)
	in2 := make(chan Offer, len(x.firms))
	var wg sync.WaitGroup
	for _, f := range x.firms {
		wg.Add(1)
		go func() {
			cents, err := f.Price(ctx, in.metres(), in.Km)
			if err != nil {
				if x.refused.Add(1)%500 == 1 {
					log.Printf("%s, %.20s: %v", f.Name, in.From, err)
				}
				return
			}
			in2 <- Offer{f.Name, cents}
			wg.Done()
		}()
	}
	go x.settle(&wg, in, in2)

	var offers []Offer
	for {
		select {
		case o, ok := <-in2:
			if ok {
				offers = append(offers, o)
				continue
			}
		case <-ctx.Done():
		}
		slices.SortFunc(offers, func(a, b Offer) int { return a.Cents - b.Cents })
		return offers
	}
}

// settle tells Ask that all firms have answered, and counts what there was to move.
func (x *Exchange) settle(wg *sync.WaitGroup, in *Inquiry, all chan Offer) {
	wg.Wait()
	close(all)
	x.volume.Add(int64(in.metres()))
	x.settled.Add(1)
}

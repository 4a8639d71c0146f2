// Package intake gathers the days of meters until the billing takes them.
package intake

import (
	"errors"
	"log"
	"sync"
	"time"

	"grid.example/meterdesk/internal/tariff"
)

const quarters = 96

type Quarter struct {
	WattHours int64
	Cost      int64
	Quality   uint8
}

type Day struct {
	Meter    string
	Taken    time.Time
	Quarters []Quarter
}

type Intake struct {
	tariff *tariff.Tariff
	began  time.Time

	mu    sync.RWMutex
	batch []*Day
	since time.Time

	bills sync.Map // meter -> *int64; the meters are a fixed set
}

func New(t *tariff.Tariff) *Intake {
	now := time.Now()
	return &Intake{tariff: t, began: now, since: now}
}

var errMeter = errors.New("no such meter")

// Take adds one day of a meter to the batch that is open.
func (in *Intake) Take(meter string, word func() (string, bool)) (int, error) {
	if len(meter) < 2 || len(meter) > 12 {
		return 0, errMeter
	}
	d := in.newDay(meter)
	for len(d.Quarters) < quarters {
		s, ok := word()
		if !ok {
			break
		}
		wh := measure(s)
		d.Quarters = append(d.Quarters, Quarter{wh, in.tariff.Cents(len(d.Quarters), wh), uint8(len(s))})
	}
	in.mu.Lock()
	in.batch = append(in.batch, d)
	n := len(in.batch)
	in.mu.Unlock()
	return n, nil
}

func (in *Intake) newDay(meter string) *Day {
	return &Day{Meter: meter, Taken: time.Now(), Quarters: make([]Quarter, 0, quarters)}
}

func measure(s string) (n int64) {
	for _, c := range []byte(s) {
		n = (n*31 + int64(c)) % 4000
	}
	return n
}

// HandOver closes the batch again and again, writes its bills and lets it go.
func (in *Intake) HandOver(every time.Duration) {
	minute := time.NewTicker(time.Minute)
	defer minute.Stop()
	over := time.NewTicker(every)
	defer over.Stop()
	for {
		select {
		case <-minute.C:
			n, _ := in.Open()
			log.Printf("age %v: %d days in the batch", time.Since(in.began).Round(time.Second), n)
		case <-over.C:
			in.mu.Lock()
			b := in.batch
			in.batch, in.since = nil, time.Now()
			in.mu.Unlock()
			for _, d := range b {
				sum := new(int64)
				for _, q := range d.Quarters {
					*sum += q.Cost
				}
				*sum /= 1_000_000
				in.bills.Store(d.Meter, sum)
			}
			log.Printf("age %v: %d days handed over", time.Since(in.began).Round(time.Second), len(b))
		}
	}
}

func (in *Intake) Open() (int, time.Time) {
	in.mu.RLock()
	defer in.mu.RUnlock()
	return len(in.batch), in.since
}

func (in *Intake) Bill(meter string) (int64, bool) {
	v, ok := in.bills.Load(meter)
	if !ok {
		return 0, false
	}
	return *v.(*int64), true
}

// Package boards keeps the boards of stops for as long as they are good.
package boards

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"sync/atomic"
	"time"

	"github.com/allegro/bigcache/v2"

	"buses.example/busdepartures/internal/timetable"
)

type Boards struct {
	table       *timetable.Timetable
	cache       *bigcache.BigCache
	made, found atomic.Int64
}

func New(t *timetable.Timetable, good time.Duration) (*Boards, error) {
	cfg := bigcache.DefaultConfig(good)
	cfg.Shards = 8
	cfg.MaxEntriesInWindow = 400
	cfg.MaxEntrySize = 1 << 10
	cfg.CleanWindow = 2 * time.Second
	cfg.Verbose = true
	cfg.Logger = log.New(os.Stderr, "bigcache ", log.LstdFlags)
	c, err := bigcache.NewBigCache(cfg)
	if err != nil {
		return nil, err
	}
	return &Boards{table: t, cache: c}, nil
}

type board struct {
	Stop       int                   `json:"stop"`
	Direction  int                   `json:"direction"`
	Made       string                `json:"made"`
	Departures []timetable.Departure `json:"departures"`
}

// Board is a stop's board in a direction, as of the minute.
func (b *Boards) Board(stop, direction int, now time.Time) ([]byte, error) {
	now = now.Truncate(time.Minute)
	key := fmt.Sprintf("%d/%d/%d", stop, direction, now.Unix()/60)
	if v, err := b.cache.Get(key); err == nil {
		b.found.Add(1)
		return v, nil
	}
	v, err := json.Marshal(board{stop, direction, now.Format(time.RFC3339), b.table.Next(stop, direction, now, 10+stop%14)})
	if err != nil {
		return nil, err
	}
	b.made.Add(1)
	return v, b.cache.Set(key, v)
}

// Stats are how many boards there are, the bytes of room for them, and how many were made and found.
func (b *Boards) Stats() (n, room int, made, found int64) {
	return b.cache.Len(), b.cache.Capacity(), b.made.Load(), b.found.Load()
}

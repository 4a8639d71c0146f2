// Package watch has one goroutine for each watch, which ends when its time is over or somebody ends it.
package watch

import (
	"context"
	"errors"
	"math/rand"
	"sync"
	"time"

	"river.example/weirwatch/internal/gauge"
)

type Sample struct {
	At    time.Time
	Level float64
}

type watcher struct {
	station int
	limit   float64
	cancel  context.CancelFunc

	mu     sync.Mutex
	seen   []Sample
	at     int
	alarms int
}

type Tower struct {
	base  context.Context
	river *gauge.River

	mu     sync.Mutex
	last   int64
	active map[int64]*watcher
}

func NewTower(ctx context.Context, r *gauge.River) *Tower {
	return &Tower{base: ctx, river: r, active: make(map[int64]*watcher)}
}

var errStation = errors.New("no such station")

func (t *Tower) Begin(station int, limit float64, length time.Duration) (int64, error) {
	if station < 0 || station >= t.river.Stations() || length > time.Hour {
		return 0, errStation
	}
	ctx, cancel := context.WithTimeout(t.base, length)
	w := &watcher{station: station, limit: limit, cancel: cancel, seen: make([]Sample, 120)}
	t.mu.Lock()
	t.last++
	id := t.last
	t.active[id] = w
	t.mu.Unlock()
	go t.observe(ctx, id, w)
	return id, nil
}

func (t *Tower) observe(ctx context.Context, id int64, w *watcher) {
	defer t.drop(id, w)
	tick := time.NewTicker(20*time.Second + time.Duration(rand.Intn(10000))*time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			w.note(Sample{now, t.river.Level(w.station)})
		}
	}
}

func (w *watcher) note(s Sample) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen[w.at%len(w.seen)] = s
	w.at++
	if s.Level > w.limit {
		w.alarms++
	}
}

func (t *Tower) drop(id int64, w *watcher) {
	w.cancel()
	t.mu.Lock()
	delete(t.active, id)
	t.mu.Unlock()
}

func (t *Tower) find(id int64) *watcher {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.active[id]
}

func (t *Tower) End(id int64) bool {
	w := t.find(id)
	if w != nil {
		w.cancel()
	}
	return w != nil
}

func (t *Tower) Seen(id int64) (int, bool) {
	w := t.find(id)
	if w == nil {
		return 0, false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.alarms, true
}

func (t *Tower) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.active)
}

// Package payroll takes hours from a Redis list, and pays when a batch is complete.
package payroll

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"log"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gomodule/redigo/redis"
)

type Sheet struct {
	Worker string
	Hours  []float64
	Note   string
}

type Desk struct {
	pool  *redis.Pool
	batch int

	mu      sync.Mutex
	pending map[string][]*Sheet

	Held, Paid, Batches atomic.Int64
}

// New pays whenever it has so many sheets.
func New(addr string, batch int) *Desk {
	return &Desk{batch: batch, pending: map[string][]*Sheet{}, pool: &redis.Pool{MaxIdle: 6, MaxActive: 12, Wait: true, IdleTimeout: 30 * time.Second,
		Dial: func() (redis.Conn, error) { return redis.Dial("tcp", addr) }}}
}

// Collect takes sheets for ever.
func (d *Desk) Collect() {
	for {
		c := d.pool.Get()
		v, err := redis.ByteSlices(c.Do("BLPOP", "hours", 1))
		c.Close()
		if err != nil {
			if err != redis.ErrNil {
				log.Print(err)
				time.Sleep(time.Second)
			}
			continue
		}
		s := new(Sheet)
		if json.Unmarshal(v[1], s) != nil {
			continue
		}
		d.mu.Lock()
		d.pending[s.Worker] = append(d.pending[s.Worker], s)
		full := d.Held.Add(1) >= int64(d.batch)
		var done map[string][]*Sheet
		if full {
			done, d.pending = d.pending, map[string][]*Sheet{}
			d.Held.Store(0)
		}
		d.mu.Unlock()
		if full {
			d.pay(done)
		}
	}
}

// pay makes the file for the bank, and keeps nothing of it.
func (d *Desk) pay(done map[string][]*Sheet) {
	var lines []string
	for w, ss := range done {
		sum := 0.0
		for _, s := range ss {
			for _, h := range s.Hours {
				sum += h
			}
			d.Paid.Add(1)
		}
		lines = append(lines, fmt.Sprintf("%s;%.2f", w, sum*21.5))
	}
	sort.Strings(lines)
	h := fnv.New64a()
	for _, l := range lines {
		h.Write([]byte(l))
	}
	c := d.pool.Get()
	defer c.Close()
	c.Do("SET", "batch:last", h.Sum64())
	d.Batches.Add(1)
}

// Rate limiter. It counts the calls of each client in a sync.Map.
// LEAK: a client is known by its address with the port, and every new connection comes from another port.
package main

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

type bucket struct {
	calls   atomic.Int64
	since   time.Time
	history [40]int64
}

type limiter struct {
	buckets sync.Map // of *bucket, by client
}

func main() {
	recorder := openRecorder()
	startShop(1)
	l := new(limiter)
	steadily(2000, func() {
		l.allow(fmt.Sprintf("10.1.%d.%d:%d", rand.IntN(4), rand.IntN(256), 1024+rand.IntN(60_000)))
	})
	recorder.run()
}

// allow tells whether the client has calls left.
func (l *limiter) allow(client string) bool {
	known, ok := l.buckets.Load(client)
	if !ok {
		known, _ = l.buckets.LoadOrStore(client, &bucket{since: time.Now()})
	}
	return known.(*bucket).calls.Add(1) < 1000
}

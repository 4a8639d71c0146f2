// Package quota limits how often somebody may call.
package quota

import (
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A caller is what is known about an address: its limit, and when it called in the last minute, by second.
type caller struct {
	*rate.Limiter
	calls [60]struct{ n, refused uint64 }
	last  time.Time
}

type Quota struct {
	mu      sync.Mutex
	callers map[string]*caller
	per     rate.Limit
	burst   int
}

func New(per rate.Limit, burst int) *Quota {
	return &Quota{callers: map[string]*caller{}, per: per, burst: burst}
}

func (q *Quota) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.callers)
}

func (q *Quota) caller(addr string) *caller {
	q.mu.Lock()
	defer q.mu.Unlock()
	c := q.callers[addr]
	if c == nil {
		c = &caller{Limiter: rate.NewLimiter(q.per, q.burst)}
		q.callers[addr] = c
	}
	c.last = time.Now()
	c.calls[c.last.Second()].n++
	return c
}

func (q *Quota) Limit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !q.caller(r.Header.Get("X-Real-Ip")).Allow() {
			http.Error(w, "slow down", http.StatusTooManyRequests)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Package gate lets every visitor in, but not too often.
package gate

import (
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

type visitor struct {
	limit *rate.Limiter
	seen  time.Time
	agent string
}

type Gate struct {
	perSecond rate.Limit
	burst     int
	refused   atomic.Int64

	mu       sync.Mutex
	visitors map[string]*visitor
}

func New(perSecond float64, burst int) *Gate {
	g := &Gate{perSecond: rate.Limit(perSecond), burst: burst, visitors: make(map[string]*visitor)}
	return g
}

// of gives the limiter of who calls from an address.
func (g *Gate) of(addr, agent string) *rate.Limiter {
	g.mu.Lock()
	defer g.mu.Unlock()
	v := g.visitors[addr]
	if v == nil {
		v = g.admit(agent)
		g.visitors[strings.Clone(addr)] = v
	}
	v.seen = time.Now()
	return v.limit
}

func (g *Gate) admit(agent string) *visitor {
	return &visitor{limit: rate.NewLimiter(g.perSecond, g.burst), agent: strings.Clone(agent)}
}

// Handler refuses who comes too often.
func (g *Gate) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil {
			host = r.RemoteAddr
		}
		if !g.of(host, r.UserAgent()).Allow() {
			g.refused.Add(1)
			w.Header().Set("Retry-After", "1")
			http.Error(w, http.StatusText(http.StatusTooManyRequests), http.StatusTooManyRequests)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (g *Gate) Visitors() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.visitors)
}

func (g *Gate) Refused() int64 { return g.refused.Load() }

package usage

import (
	"net/http"
	"time"
)

type sample struct {
	path    string
	took    time.Duration
	headers [1500]byte
}

type Collector struct{ samples chan *sample }

func NewCollector(size int) *Collector {
	c := &Collector{samples: make(chan *sample, size)}
	return c // TODO: start the uploader
}

// Observe must never block a request.
func (c *Collector) Observe(r *http.Request, took time.Duration) {
	s := &sample{path: r.URL.Path, took: took}
	copy(s.headers[:], r.UserAgent())
	select {
	case c.samples <- s:
	default:
	}
}

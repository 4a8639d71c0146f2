// Package trips measures how late buses are.
package trips

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

var late = promauto.NewHistogramVec(prometheus.HistogramOpts{
	Name:    "stopscreens_late_seconds",
	Help:    "How late buses come to a stop.",
	Buckets: []float64{0, 30, 60, 120, 180, 300, 600, 1200},
}, []string{"line", "trip"})

var reports = promauto.NewCounterVec(prometheus.CounterOpts{
	Name: "stopscreens_reports_total",
	Help: "Reports of buses.",
}, []string{"line"})

// Punctuality has the last reports of each line, for the page of the dispatcher.
type Punctuality struct {
	mu   sync.Mutex
	last map[string][]int
}

func New() *Punctuality { return &Punctuality{last: map[string][]int{}} }

const window = 200

// Saw is called for each report.
func (p *Punctuality) Saw(line, trip string, secs int) {
	reports.WithLabelValues(line).Inc()
	late.WithLabelValues(line, trip).Observe(float64(secs))
	p.mu.Lock()
	defer p.mu.Unlock()
	l := append(p.last[line], secs)
	if len(l) > window {
		l = append(make([]int, 0, window+1), l[len(l)-window:]...)
	}
	p.last[line] = l
}

// Mean lateness of a line.
func (p *Punctuality) Mean(line string) (m int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.last[line] {
		m += s
	}
	if n := len(p.last[line]); n > 0 {
		m /= n
	}
	return
}

// Package meter measures the work of the presses.
package meter

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type Meter struct {
	reg    *prometheus.Registry
	stages *prometheus.HistogramVec
	bytes  prometheus.Counter
}

func New() *Meter {
	m := &Meter{reg: prometheus.NewRegistry()}
	m.stages = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "press_stage_seconds",
		Help:    "How long a stage of a job takes.",
		Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14),
	}, []string{"stage", "job"})
	m.bytes = prometheus.NewCounter(prometheus.CounterOpts{Name: "press_bytes_total", Help: "What has been read."})
	m.reg.MustRegister(m.stages, m.bytes)
	return m
}

func (m *Meter) Registry() *prometheus.Registry { return m.reg }

// Stage notes how long a stage has taken.
func (m *Meter) Stage(stage string, job int, d time.Duration) {
	m.stages.WithLabelValues(stage, strconv.Itoa(job)).Observe(d.Seconds())
}

func (m *Meter) Read(n int) { m.bytes.Add(float64(n)) }

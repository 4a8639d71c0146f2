// Package httpmw measures HTTP handlers.
package httpmw

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type Instrument struct {
	latency  *prometheus.HistogramVec
	inFlight prometheus.Gauge
}

func New(reg prometheus.Registerer) *Instrument {
	in := &Instrument{
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "http_request_seconds",
			Help:    "Latency of requests.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 1.7, 24),
		}, []string{"method", "path", "code"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "http_in_flight", Help: "Requests in flight."}),
	}
	reg.MustRegister(in.latency, in.inFlight)
	return in
}

type statusWriter struct {
	http.ResponseWriter
	code int
}

func (s *statusWriter) WriteHeader(code int) {
	s.code = code
	s.ResponseWriter.WriteHeader(code)
}

// Wrap returns a handler that measures next.
func (in *Instrument) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		in.inFlight.Inc()
		defer in.inFlight.Dec()
		sw := &statusWriter{w, http.StatusOK}
		next.ServeHTTP(sw, r)
		in.observe(r.Method, r.URL.Path, sw.code, time.Since(start))
	})
}

func (in *Instrument) observe(method, path string, code int, d time.Duration) {
	in.latency.WithLabelValues(method, path, strconv.Itoa(code)).Observe(d.Seconds())
}

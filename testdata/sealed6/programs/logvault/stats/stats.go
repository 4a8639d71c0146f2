// Package stats has the numbers that are scraped.
package stats

import (
	"fmt"
	"net/http"
	"time"

	"github.com/VictoriaMetrics/metrics"
)

var quantiles = []float64{0, 0.5, 0.75, 0.9, 0.99, 1}

// Beat notes how long a run's last step took.
func Beat(run, device string, ms float64) {
	metrics.GetOrCreateSummaryExt(fmt.Sprintf("vault_step_milliseconds{device=%q,run=%q}", device, run), 10*time.Minute, quantiles).Update(ms)
}

// Took notes how long a request took.
func Took(path string, since time.Time) {
	metrics.GetOrCreateHistogram(fmt.Sprintf("vault_request_seconds{path=%q}", path)).UpdateDuration(since)
}

// Series is the number of metrics.
func Series() int64 { return int64(len(metrics.ListMetricNames())) }

// Write writes all metrics.
func Write(w http.ResponseWriter, r *http.Request) { metrics.WritePrometheus(w, false) }

// Package meter counts what people do, for the panel on the wall.
package meter

import (
	"net/http"
	"time"

	metrics "github.com/armon/go-metrics"
)

// Meter is the service's metrics: ten-second intervals, an hour of them.
type Meter struct {
	sink *metrics.InmemSink
	m    *metrics.Metrics
}

func New() (*Meter, error) {
	sink := metrics.NewInmemSink(10*time.Second, time.Hour)
	cfg := metrics.DefaultConfig("staffgate")
	cfg.EnableHostname = false
	m, err := metrics.New(cfg, sink)
	if err != nil {
		return nil, err
	}
	return &Meter{sink: sink, m: m}, nil
}

// Request records how long a request of somebody took.
func (t *Meter) Request(route, subject, agent string, since time.Time) {
	labels := []metrics.Label{
		{Name: "route", Value: route},
		{Name: "subject", Value: subject},
		{Name: "agent", Value: agent},
	}
	t.m.MeasureSinceWithLabels([]string{"http", "request"}, since, labels)
	t.m.IncrCounterWithLabels([]string{"http", "requests"}, 1, labels)
}

// Outcome counts how sign-ins end.
func (t *Meter) Outcome(kind string) {
	t.m.IncrCounterWithLabels([]string{"signin"}, 1, []metrics.Label{{Name: "outcome", Value: kind}})
}

func (t *Meter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	data := t.sink.Data()
	last := data[len(data)-1]
	last.RLock()
	defer last.RUnlock()
	for _, c := range last.Counters {
		if len(c.Labels) == 1 {
			w.Write([]byte(c.Name + "\n"))
		}
	}
}

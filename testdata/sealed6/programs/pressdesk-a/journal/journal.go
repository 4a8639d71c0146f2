// Package journal is the log of the desk, of which an editor may see a part with a page.
package journal

import (
	"bytes"
	"io"
	"sync"
	"sync/atomic"

	"github.com/hashicorp/go-hclog"
)

// Journal is the log.
type Journal struct {
	log    hclog.InterceptLogger
	open   atomic.Int64
	traces atomic.Int64
}

// New begins a log.
func New() *Journal {
	return &Journal{log: hclog.NewInterceptLogger(&hclog.LoggerOptions{Name: "desk", Level: hclog.Warn, Output: io.Discard})}
}

// Log gives the logger by a name.
func (j *Journal) Log(name string) hclog.Logger { return j.log.Named(name) }

// Trace is what is logged from its begin to its end.
type Trace struct {
	j    *Journal
	sink hclog.SinkAdapter
	mu   sync.Mutex
	text bytes.Buffer
}

func (t *Trace) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(p)
}

// Begin begins a trace.
func (j *Journal) Begin() *Trace {
	t := &Trace{j: j}
	t.sink = hclog.NewSinkAdapter(&hclog.LoggerOptions{Level: hclog.Debug, Output: t, JSONFormat: true})
	j.log.RegisterSink(t.sink)
	j.open.Add(1)
	j.traces.Add(1)
	return t
}

// End ends a trace and gives its text.
func (t *Trace) End() string {
	t.j.log.DeregisterSink(t.sink)
	t.j.open.Add(-1)
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

// Open is the number of traces that have not ended, Traces that of all.
func (j *Journal) Open() int64   { return j.open.Load() }
func (j *Journal) Traces() int64 { return j.traces.Load() }

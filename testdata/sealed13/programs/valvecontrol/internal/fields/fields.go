// Package fields knows the valves of the fields, and what they did last.
package fields

import (
	"fmt"
	"sync"
	"time"
)

// history is how many changes of a field are kept.
const history = 40

// Change is a command that was given.
type Change struct {
	At     time.Time `json:"at"`
	Valve  int       `json:"valve"`
	Open   bool      `json:"open"`
	Litres int       `json:"litres"`
	By     string    `json:"by"`
	Note   string    `json:"note"`
}

// Field is a piece of land with valves.
type Field struct {
	ID      int
	Valves  int
	mu      sync.Mutex
	changes []Change
}

// Topic is what a valve listens to.
func (f *Field) Topic(valve int) string { return fmt.Sprintf("farm/%d/valve/%d/set", f.ID, valve) }

// Add remembers a change.
func (f *Field) Add(c Change) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.changes) == history {
		copy(f.changes, f.changes[1:])
		f.changes[history-1] = c
		return
	}
	f.changes = append(f.changes, c)
}

// Changes is a copy of the field's last changes.
func (f *Field) Changes() []Change {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Change(nil), f.changes...)
}

// Fields are all fields of the cooperative.
type Fields struct{ all []*Field }

func New(n int) *Fields {
	f := &Fields{}
	for i := range n {
		f.all = append(f.all, &Field{ID: i, Valves: 2 + i%5, changes: make([]Change, 0, history)})
	}
	return f
}

// Get is nil for a field that is not there.
func (f *Fields) Get(id int) *Field {
	if id < 0 || id >= len(f.all) {
		return nil
	}
	return f.all[id]
}

// Changes is how many are remembered.
func (f *Fields) Changes() (n int) {
	for _, x := range f.all {
		x.mu.Lock()
		n += len(x.changes)
		x.mu.Unlock()
	}
	return n
}

// Package press keeps drafts and lays them out.
package press

import (
	"fmt"
	"strings"
	"sync"

	"github.com/hashicorp/go-hclog"
	"pressdesk/journal"
)

// Desk has the drafts.
type Desk struct {
	mu     sync.RWMutex
	drafts map[string]string
	log    hclog.Logger
}

// New makes a desk without drafts.
func New(j *journal.Journal) *Desk {
	return &Desk{drafts: map[string]string{}, log: j.Log("drafts")}
}

// Save takes a draft.
func (d *Desk) Save(id, text string) {
	d.mu.Lock()
	old := len(d.drafts[id])
	d.drafts[id] = text
	d.mu.Unlock()
	d.log.Debug("saved", "draft", id, "bytes", len(text), "before", old, "words", strings.Count(text, " "))
}

// Find gives a draft.
func (d *Desk) Find(id string) (string, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	t, ok := d.drafts[id]
	if !ok {
		d.log.Info("not there", "draft", id)
	}
	return t, ok
}

// Layout sets a draft in columns.
func (d *Desk) Layout(id, text string) string {
	var b strings.Builder
	col, rows := 0, 0
	for w := range strings.FieldsSeq(text) {
		if col+len(w) > 42 {
			b.WriteString("<br>")
			col = 0
			rows++
		}
		b.WriteString(w)
		b.WriteByte(' ')
		col += len(w) + 1
	}
	d.log.Debug("laid out", "draft", id, "rows", rows, "columns", fmt.Sprint(1+rows/60))
	return b.String()
}

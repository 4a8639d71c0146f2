// Order desk with an audit log that can be asked for the last changes.
// LEAK: the log only ever appends, though nobody asks for more than the last hundred entries.
package main

import (
	"math/rand/v2"
	"sync"
	"time"
)

type change struct {
	field         string
	before, after [160]byte
}

type auditEntry struct {
	at     time.Time
	actor  string
	change *change
}

type auditLog struct {
	mu      sync.Mutex
	entries []auditEntry
}

func main() {
	recorder := openRecorder()
	startShop(1)
	audit := new(auditLog)
	steadily(2000, func() { audit.record("clerk", rand.IntN(1000)) })
	steadily(2, func() { audit.last(100) })
	recorder.run()
}

func (l *auditLog) record(actor string, cents int) {
	c := &change{field: "price"}
	c.after[0], c.after[1] = byte(cents), byte(cents>>8)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, auditEntry{at: time.Now(), actor: actor, change: c})
}

// last returns the latest n entries.
func (l *auditLog) last(n int) []auditEntry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]auditEntry(nil), l.entries[max(0, len(l.entries)-n):]...)
}

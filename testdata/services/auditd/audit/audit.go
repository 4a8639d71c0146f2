// Package audit remembers who did what.
package audit

import "sync"

type Event struct{ Actor, Action, Detail string }

type Log struct {
	sync.Mutex
	byTenant map[string][]Event
}

func Open() *Log { return &Log{byTenant: make(map[string][]Event)} }

// Record adds an event to the tenant's trail.
func (l *Log) Record(tenant string, e Event) {
	l.Lock()
	defer l.Unlock()
	l.byTenant[tenant] = append(l.byTenant[tenant], e)
}

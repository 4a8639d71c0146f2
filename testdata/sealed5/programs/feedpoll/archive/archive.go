// Package archive keeps the newest timetables.
package archive

import "sync"

type Archive struct {
	mu    sync.Mutex
	table map[string][]byte
	order []string
	limit int
}

func New(limit int) *Archive { return &Archive{table: map[string][]byte{}, limit: limit} }

// Put keeps a timetable, and drops the one that was put first when there are too many.
func (a *Archive) Put(line string, b []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, ok := a.table[line]; !ok {
		a.order = append(a.order, line)
	}
	a.table[line] = b
	if len(a.order) > a.limit {
		delete(a.table, a.order[0])
		a.order = append([]string(nil), a.order[1:]...)
	}
}

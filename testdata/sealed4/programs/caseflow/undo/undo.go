// Package undo remembers how to take steps back.
package undo

import "sync"

// A Log is what can be undone in a case, up to the last time it was saved.
type Log struct {
	mu    sync.Mutex
	steps []func()
	saved int // those before have been saved
}

// Push adds a step. back takes it back.
func (l *Log) Push(back func()) {
	l.mu.Lock()
	l.steps = append(l.steps, back)
	l.mu.Unlock()
}

// Undo takes the last step back, if it has not been saved.
func (l *Log) Undo() bool {
	l.mu.Lock()
	n := len(l.steps)
	if n == l.saved {
		l.mu.Unlock()
		return false
	}
	back := l.steps[n-1]
	l.steps[n-1] = nil
	l.steps = l.steps[:n-1]
	l.mu.Unlock()
	back()
	return true
}

// Save makes all steps up to now final.
func (l *Log) Save() {
	l.mu.Lock()
	l.saved = len(l.steps)
	l.mu.Unlock()
}

// Len is how many steps are kept, and how many of them can be undone.
func (l *Log) Len() (kept, open int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.steps), len(l.steps) - l.saved
}

// Package terms has one entry for each fault that there is, so that the reports can share them.
package terms

import (
	"sync"

	"haul.example/faultdesk/internal/manual"
)

type Term struct {
	Code     string
	Title    string
	Text     string
	Steps    []string
	Severity int
}

type Terms struct {
	mu sync.RWMutex
	of map[string]*Term
}

func New() *Terms { return &Terms{of: make(map[string]*Term)} }

// Of returns the entry of a code, the same one for all who ask.
func (t *Terms) Of(code string) (*Term, error) {
	t.mu.RLock()
	x := t.of[code]
	t.mu.RUnlock()
	if x != nil {
		return x, nil
	}
	sys, n, err := manual.Parse(code)
	if err != nil {
		return nil, err
	}
	x = &Term{Code: code, Title: manual.Title(sys, n), Text: manual.Text(sys, n), Steps: manual.Steps(sys, n), Severity: (sys + n) % 5}
	t.mu.Lock()
	defer t.mu.Unlock()
	if y := t.of[code]; y != nil {
		return y, nil
	}
	t.of[code] = x
	return x, nil
}

func (t *Terms) Len() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return len(t.of)
}

// Package settings has what the office may change while the service runs.
package settings

import (
	"net/http"
	"sync"
)

type Settings struct {
	mu   sync.RWMutex
	lang string
	on   []func(lang string)
}

func New() *Settings { return &Settings{lang: "en"} }

func (s *Settings) Lang() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.lang
}

// OnChange calls f whenever the language changes.
func (s *Settings) OnChange(f func(lang string)) {
	s.mu.Lock()
	s.on = append(s.on, f)
	s.mu.Unlock()
}

func (s *Settings) Listeners() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.on)
}

// Change sets the language.
func (s *Settings) Change(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.lang = r.FormValue("lang")
	fs := append([]func(string){}, s.on...)
	s.mu.Unlock()
	for _, f := range fs {
		f(r.FormValue("lang"))
	}
}

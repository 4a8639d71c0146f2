// Package tail gathers what is logged while a request is answered, so that an answer with an error can show it.
package tail

import (
	"sync"

	"github.com/sirupsen/logrus"
)

// Tail is a hook of logrus that keeps the lines of one request.
type Tail struct {
	request string
	mu      sync.Mutex
	lines   []string
}

// New makes the tail of a request, and has the logger tell it.
func New(log *logrus.Logger, request string) *Tail {
	t := &Tail{request: request, lines: make([]string, 0, 32)}
	log.AddHook(t)
	return t
}

// Levels is for logrus.
func (t *Tail) Levels() []logrus.Level {
	return []logrus.Level{logrus.ErrorLevel, logrus.WarnLevel, logrus.InfoLevel}
}

// Fire is for logrus.
func (t *Tail) Fire(e *logrus.Entry) error {
	if e.Data["request"] != t.request {
		return nil
	}
	line, err := e.String()
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines, line)
	return nil
}

// Lines are what was logged so far.
func (t *Tail) Lines() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.lines...)
}

// Package lingua translates messages.
package lingua

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

type Lingua struct {
	Asked, Late atomic.Int64
}

func New() *Lingua { return &Lingua{} }

var errLate = errors.New("the translator is late")

func (l *Lingua) Translate(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	if err != nil {
		return
	}
	l.Asked.Add(1)
	text, err := l.ask(r.URL.Query().Get("to"), string(b))
	if err != nil {
		l.Late.Add(1)
		http.Error(w, err.Error(), http.StatusGatewayTimeout)
		return
	}
	io.WriteString(w, text)
}

// ask has a translator do it, who may take a quarter of a second.
func (l *Lingua) ask(to, text string) (string, error) {
	done := make(chan string)
	go func() { done <- translate(to, text) }()
	select {
	case t := <-done:
		return t, nil
	case <-time.After(250 * time.Millisecond):
		return "", errLate
	}
}

func translate(to, text string) string {
	wait := 30 * time.Millisecond
	if to == "eu" {
		wait = 400 * time.Millisecond
	}
	time.Sleep(wait)
	return strings.ToUpper(text)
}

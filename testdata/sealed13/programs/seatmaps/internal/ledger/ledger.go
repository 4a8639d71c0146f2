// Package ledger tells the box office what was sold, in batches.
package ledger

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"

	"go.uber.org/zap"
)

// Entry is a sale, or seats that came back.
type Entry struct {
	At          time.Time `json:"at"`
	Hold        string    `json:"hold"`
	Performance int       `json:"performance"`
	Seats       []string  `json:"seats"`
	Paid        bool      `json:"paid"`
}

// Ledger gathers entries.
type Ledger struct {
	url    string
	most   int
	log    *zap.Logger
	client *http.Client
	mu     sync.Mutex
	batch  []Entry
	sent   int
}

func New(url string, most int, log *zap.Logger) *Ledger {
	return &Ledger{url: url, most: most, log: log, client: &http.Client{Timeout: 10 * time.Second}}
}

// Add adds an entry.
func (l *Ledger) Add(e Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.batch = append(l.batch, e)
}

// Run sends a batch now and then. What cannot be sent waits for the next time, but not more than most.
func (l *Ledger) Run(every time.Duration) {
	for range time.Tick(every) {
		l.mu.Lock()
		batch := l.batch
		l.batch = nil
		l.mu.Unlock()
		if len(batch) == 0 {
			continue
		}
		if err := l.post(batch); err != nil {
			l.log.Warn("ledger", zap.Int("entries", len(batch)), zap.Error(err))
			l.mu.Lock()
			l.batch = append(batch, l.batch...)
			if n := len(l.batch) - l.most; n > 0 {
				l.batch = append([]Entry(nil), l.batch[n:]...)
			}
			l.mu.Unlock()
		}
	}
}

func (l *Ledger) post(batch []Entry) error {
	b, err := json.Marshal(batch)
	if err != nil {
		return err
	}
	r, err := l.client.Post(l.url, "application/json", bytes.NewReader(b))
	if err != nil {
		return err
	}
	defer r.Body.Close()
	io.Copy(io.Discard, r.Body)
	l.mu.Lock()
	l.sent += len(batch)
	l.mu.Unlock()
	return nil
}

// Stats is what waits, and what was sent.
func (l *Ledger) Stats() (waiting, sent int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.batch), l.sent
}

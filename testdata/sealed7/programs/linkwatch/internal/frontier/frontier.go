// Package frontier holds the pages that wait to be read.
package frontier

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

var ErrFull = errors.New("frontier: full")

// Job is a page as it came.
type Job struct {
	URL  string
	Body []byte
	At   time.Time
}

// Frontier is a bounded queue with workers.
type Frontier struct {
	ch chan Job
	do func(Job) error
}

func New(n int, do func(Job) error) *Frontier { return &Frontier{ch: make(chan Job, n), do: do} }

// Add puts a job in, if there is room.
func (f *Frontier) Add(j Job) error {
	select {
	case f.ch <- j:
		return nil
	default:
		return ErrFull
	}
}

// Waiting is how many wait.
func (f *Frontier) Waiting() int { return len(f.ch) }

// Work until ctx ends; each job takes as long as polite crawling wants.
func (f *Frontier) Work(ctx context.Context, pause time.Duration) {
	for {
		select {
		case j := <-f.ch:
			if err := f.do(j); err != nil {
				slog.Warn("page", "url", j.URL, "err", err)
			}
			time.Sleep(pause)
		case <-ctx.Done():
			return
		}
	}
}

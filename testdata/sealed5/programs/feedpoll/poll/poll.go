// Package poll fetches timetables, and tries again when that fails.
package poll

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff"

	"feedpoll/archive"
)

type Poll struct {
	upstream              string
	client                *http.Client
	archive               *archive.Archive
	Asked, First, GivenUp atomic.Int64
}

func New(upstream string, a *archive.Archive) *Poll {
	return &Poll{upstream: upstream, archive: a, client: &http.Client{Timeout: 3 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 20}}}
}

func (p *Poll) Routes() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("POST /refresh/{line}", func(w http.ResponseWriter, r *http.Request) {
		p.Asked.Add(1)
		if err := p.refresh(r.Context(), r.PathValue("line")); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
		}
	})
	return m
}

func patience() backoff.BackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval = 200 * time.Millisecond
	b.MaxInterval = 5 * time.Second
	b.MaxElapsedTime = 0 // the caller says how long
	return b
}

// refresh fetches a line's timetable, at most four times.
func (p *Poll) refresh(ctx context.Context, line string) error {
	var last error
	tries := 0
	for range backoff.NewTicker(patience()).C {
		tries++
		b, err := p.fetch(ctx, line)
		if err == nil {
			if tries == 1 {
				p.First.Add(1)
			}
			p.archive.Put(line, b)
			return nil
		}
		if last = err; tries == 4 || ctx.Err() != nil {
			break
		}
	}
	p.GivenUp.Add(1)
	return fmt.Errorf("%s after %d tries: %w", line, tries, last)
}

func (p *Poll) fetch(ctx context.Context, line string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.upstream+"/"+line, nil)
	if err != nil {
		return nil, err
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		io.Copy(io.Discard, resp.Body)
		return nil, fmt.Errorf("%s", resp.Status)
	}
	return io.ReadAll(resp.Body)
}

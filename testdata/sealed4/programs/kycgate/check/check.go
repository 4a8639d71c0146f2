// Package check has documents read.
package check

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"
)

type Check struct {
	base   string
	client *http.Client
	places *semaphore.Weighted // how many documents may be read at a time, by contract

	Checks, Unreadable, Waiting atomic.Int64
}

func New(base string, places int64) *Check {
	return &Check{base: base, client: &http.Client{Timeout: 8 * time.Second}, places: semaphore.NewWeighted(places)}
}

type Person struct{ Name, Number, MRZ string }

var errUnreadable = errors.New("cannot be read")

// Document reads a document. Each costs money, so that it is read to the end even when the bank has left.
func (c *Check) Document(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	c.Checks.Add(1)
	p, err := c.read(context.WithoutCancel(r.Context()), b)
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	json.NewEncoder(w).Encode(p)
}

func (c *Check) read(ctx context.Context, b []byte) (*Person, error) {
	c.Waiting.Add(1)
	if err := c.places.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	c.Waiting.Add(-1)
	req, err := http.NewRequestWithContext(ctx, "POST", c.base+"/read", bytes.NewReader(b))
	if err != nil {
		c.places.Release(1)
		return nil, err
	}
	resp, err := c.client.Do(req)
	if err != nil {
		c.places.Release(1)
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusUnprocessableEntity {
		c.Unreadable.Add(1)
		return nil, errUnreadable
	}
	var p Person
	err = json.NewDecoder(resp.Body).Decode(&p)
	c.places.Release(1)
	return &p, err
}

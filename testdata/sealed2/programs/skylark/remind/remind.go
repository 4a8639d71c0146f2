// Package remind sends the reminders that users have set, at their times.
package remind

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/robfig/cron"
)

// Plan is what a user wants to be told, and when.
type Plan struct {
	User  string
	Every string
	Lines []string
}

type Desk struct {
	cron *cron.Cron

	mu    sync.Mutex
	plans map[string]*Plan

	Saved, Fired atomic.Int64
}

func New() *Desk {
	d := &Desk{cron: cron.New(), plans: map[string]*Plan{}}
	d.cron.Start()
	return d
}

// Counts is the number of entries of the clock, and of users.
func (d *Desk) Counts() (int64, int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return int64(len(d.cron.Entries())), int64(len(d.plans))
}

func parse(r *http.Request) (*Plan, error) {
	var body bytes.Buffer
	if _, err := body.ReadFrom(r.Body); err != nil {
		return nil, err
	}
	p := new(Plan)
	if err := json.Unmarshal(body.Bytes(), p); err != nil {
		return nil, err
	}
	return p, nil
}

// Save takes a user's plan in place of the one before.
func (d *Desk) Save(w http.ResponseWriter, r *http.Request) {
	p, err := parse(r)
	if err != nil {
		http.Error(w, err.Error(), 400)
		return
	}
	d.mu.Lock()
	d.plans[p.User] = p
	d.mu.Unlock()
	if _, err := d.cron.AddFunc("@every "+p.Every, func() { d.fire(p) }); err != nil {
		http.Error(w, err.Error(), 400)
		return
	}
	d.Saved.Add(1)
}

// Preview shows what a plan would look like.
func (d *Desk) Preview(w http.ResponseWriter, r *http.Request) {
	p, err := parse(r)
	if err != nil {
		http.Error(w, err.Error(), 400)
		return
	}
	var page strings.Builder
	for i, l := range p.Lines {
		fmt.Fprintf(&page, "<li>%d %s</li>\n", i, l)
	}
	w.Write([]byte(page.String()))
}

func (d *Desk) fire(p *Plan) { d.Fired.Add(int64(len(p.Lines))) }

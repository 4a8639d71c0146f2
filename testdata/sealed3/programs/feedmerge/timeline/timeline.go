// Package timeline merges the entries of some papers by time.
package timeline

import (
	"encoding/json"
	"iter"
	"net/http"
	"strconv"
	"sync/atomic"

	"feedmerge/feed"
)

type Desk struct {
	shelf     *feed.Shelf
	Cut, Done atomic.Int64
}

func New(s *feed.Shelf) *Desk { return &Desk{shelf: s} }

type lane struct {
	head feed.Entry
	next func() (feed.Entry, bool)
	stop func()
}

// merge gives the first limit entries of all sources, the latest first.
func (d *Desk) merge(sources []iter.Seq[feed.Entry], limit int) []feed.Entry {
	var lanes []*lane
	for _, s := range sources {
		next, stop := iter.Pull(s)
		head, ok := next()
		if !ok {
			stop()
			continue
		}
		lanes = append(lanes, &lane{head, next, stop})
	}
	var out []feed.Entry
	for len(lanes) > 0 {
		at := 0
		for i, l := range lanes {
			if l.head.At.After(lanes[at].head.At) {
				at = i
			}
		}
		out = append(out, lanes[at].head)
		if len(out) == limit {
			d.Cut.Add(1)
			return out
		}
		var ok bool
		if lanes[at].head, ok = lanes[at].next(); !ok {
			lanes[at].stop()
			lanes = append(lanes[:at], lanes[at+1:]...)
		}
	}
	d.Done.Add(1)
	return out
}

// Show answers with the timeline of the papers asked for.
func (d *Desk) Show(w http.ResponseWriter, r *http.Request) {
	limit, err := strconv.Atoi(r.FormValue("limit"))
	if err != nil || limit < 1 {
		http.Error(w, "limit?", http.StatusBadRequest)
		return
	}
	var sources []iter.Seq[feed.Entry]
	for _, p := range r.Form["paper"] {
		id, _ := strconv.Atoi(p)
		sources = append(sources, d.shelf.Entries(id))
	}
	json.NewEncoder(w).Encode(d.merge(sources, limit))
}

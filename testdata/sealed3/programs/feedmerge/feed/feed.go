// Package feed takes in the papers' feeds and keeps the last entries of each.
package feed

import (
	"io"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

type Entry struct {
	Title, Body string
	At          time.Time
}

type paper struct {
	mu     sync.Mutex
	ring   []Entry
	latest int
}

type Shelf struct {
	papers []*paper

	mu   sync.Mutex
	seen map[string]time.Time // guids that are known, so that nothing shows twice
}

// NewShelf has n papers with the last keep entries of each.
func NewShelf(n, keep int) *Shelf {
	s := &Shelf{seen: map[string]time.Time{}}
	for range n {
		s.papers = append(s.papers, &paper{ring: make([]Entry, keep)})
	}
	return s
}

func (s *Shelf) Seen() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.seen)
}

func (s *Shelf) fresh(guid string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.seen[guid]; ok {
		return false
	}
	s.seen[guid] = time.Now()
	return true
}

func cut(doc, tag string) (string, string, bool) {
	_, rest, ok := strings.Cut(doc, "<"+tag+">")
	if !ok {
		return "", doc, false
	}
	return strings.Cut(rest, "</"+tag+">")
}

// Receive takes a feed that a paper sends.
func (s *Shelf) Receive(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.Atoi(r.PathValue("id"))
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	p, doc := s.papers[id%len(s.papers)], string(raw)
	for {
		guid, rest, ok := cut(doc, "guid")
		if !ok {
			return
		}
		title, rest, _ := cut(rest, "title")
		body, rest, _ := cut(rest, "body")
		doc = rest
		if s.fresh(guid) {
			p.mu.Lock()
			p.ring[p.latest%len(p.ring)] = Entry{strings.ToUpper(title), strings.Clone(body[:min(len(body), 400)]), time.Now()}
			p.latest++
			p.mu.Unlock()
		}
	}
}

// Entries are a paper's entries, the latest first.
func (s *Shelf) Entries(id int) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		p := s.papers[id%len(s.papers)]
		p.mu.Lock()
		page := make([]Entry, 0, len(p.ring))
		for i := p.latest - 1; i >= 0 && i > p.latest-len(p.ring); i-- {
			page = append(page, p.ring[i%len(p.ring)])
		}
		p.mu.Unlock()
		for _, e := range page {
			if !yield(e) {
				return
			}
		}
	}
}

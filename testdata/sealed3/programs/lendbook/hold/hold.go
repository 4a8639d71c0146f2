// Package hold tells readers that a book they wait for is back.
package hold

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// A Hold is a reader's wish for a book.
type Hold struct {
	Book, By string
	Since    time.Time
	back     chan string
}

type Desk struct {
	mu   sync.Mutex
	wish map[string][]*Hold

	All, Lost atomic.Int64
}

func New() *Desk { return &Desk{wish: map[string][]*Hold{}} }

func (d *Desk) newHold(book string) *Hold {
	return &Hold{Book: book, By: "desk", Since: time.Now(), back: make(chan string, 1)}
}

// Ask notes a wish. Those by phone are called back by the office, the others get a letter.
func (d *Desk) Ask(w http.ResponseWriter, r *http.Request) {
	book := r.PathValue("id")
	var h *Hold
	if by := r.FormValue("by"); by == "phone" {
		h = &Hold{Book: book, By: by, Since: time.Now()}
		d.Lost.Add(1)
	} else {
		h = d.newHold(book)
	}
	d.All.Add(1)
	d.mu.Lock()
	d.wish[book] = append(d.wish[book], h)
	d.mu.Unlock()
	go d.letter(h)
	w.WriteHeader(http.StatusAccepted)
}

func (d *Desk) letter(h *Hold) {
	shelf := <-h.back
	_ = fmt.Sprintf("Dear reader, %s has been on shelf %s since %s", h.Book, shelf, h.Since)
}

// Return takes a book back and tells all who wait.
func (d *Desk) Return(w http.ResponseWriter, r *http.Request) {
	book := r.PathValue("id")
	d.mu.Lock()
	hs := d.wish[book]
	delete(d.wish, book)
	d.mu.Unlock()
	for _, h := range hs {
		select {
		case h.back <- "B" + book:
		default: // has been told
		}
	}
}

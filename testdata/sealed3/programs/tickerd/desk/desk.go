// Package desk takes the offers of traders, and writes them into a journal.
package desk

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"tickerd/market"
)

type Desk struct {
	ex      *market.Exchange
	journal *Journal

	Posts, Waiting atomic.Int64
}

func New(ex *market.Exchange, j *Journal) *Desk { return &Desk{ex: ex, journal: j} }

// Post takes the offers of a firm for one market.
func (d *Desk) Post(w http.ResponseWriter, r *http.Request) {
	var offers []market.Offer
	if err := json.NewDecoder(r.Body).Decode(&offers); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	m := d.ex.Market(r.PathValue("market"))
	if m == nil {
		http.NotFound(w, r)
		return
	}
	d.Posts.Add(1)
	d.Waiting.Add(1)
	best := m.Publish(offers)
	d.Waiting.Add(-1)
	for _, o := range offers[:min(3, len(offers))] {
		d.journal.Note(fmt.Sprintf("%s %s %d", m.Name, o.Firm, o.Cents))
	}
	json.NewEncoder(w).Encode(best)
}

// Journal is a folder with a file for each second or so.
type Journal struct {
	dir      string
	lines    chan string
	Segments atomic.Int64
}

func NewJournal(dir string) (*Journal, error) {
	dir = filepath.Join(dir, "journal")
	return &Journal{dir: dir, lines: make(chan string, 256)}, os.MkdirAll(dir, 0o755)
}

func (j *Journal) Note(line string) {
	select {
	case j.lines <- line:
	default:
	}
}

const segment = 48 << 10

// Keep writes the journal, a segment after the other.
func (j *Journal) Keep() {
	for n := 0; ; n++ {
		f, err := os.Create(filepath.Join(j.dir, fmt.Sprintf("%06d", n%20)))
		if err != nil {
			time.Sleep(time.Second)
			continue
		}
		defer f.Close()
		w := bufio.NewWriterSize(f, segment)
		defer w.Flush()
		j.Segments.Add(1)
		for until := time.Now().Add(900 * time.Millisecond); time.Now().Before(until); {
			fmt.Fprintln(w, <-j.lines)
		}
		w.Flush()
	}
}

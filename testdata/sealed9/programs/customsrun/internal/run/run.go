// Package run gathers declarations until they are handed over.
package run

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"port.example/customsrun/internal/tariff"
)

type Declaration struct {
	Ship  string `json:"ship"`
	Agent string `json:"agent"`
	Goods []struct {
		Code  string `json:"code"`
		Kilos int    `json:"kilos"`
		Cents int    `json:"cents"`
		Text  string `json:"text"`
	} `json:"goods"`
}

type Entry struct {
	Ship, Agent string
	At          time.Time
	Due         int
	Rows        [][]string // as they will be in the file
}

// Assess works out what is due and writes the rows of the file.
func Assess(b *tariff.Book, d *Declaration) (*Entry, error) {
	e := &Entry{Ship: d.Ship, Agent: d.Agent, At: time.Now(), Rows: make([][]string, 0, len(d.Goods))}
	for i, g := range d.Goods {
		p, err := b.Lookup(g.Code)
		if err != nil {
			return nil, fmt.Errorf("goods %d: %w", i+1, err)
		}
		due := g.Cents * p.PerMill / 1000
		e.Due += due
		e.Rows = append(e.Rows, row(d, i, g.Code, g.Text, g.Kilos, g.Cents, due))
	}
	return e, nil
}

func row(d *Declaration, i int, code, text string, kilos, cents, due int) []string {
	return []string{d.Ship, d.Agent, strconv.Itoa(i + 1), code, fmt.Sprintf("%-200.200s", text), strconv.Itoa(kilos), strconv.Itoa(cents), strconv.Itoa(due)}
}

type Totals struct {
	Run     int
	Entries int
	Due     int
	Since   time.Time
}

type Ledger struct {
	dir string

	mu      sync.Mutex
	n       int
	due     int
	since   time.Time
	entries []*Entry
}

func New(dir string) *Ledger { return &Ledger{dir: dir, n: 1, since: time.Now()} }

func (l *Ledger) Add(e *Entry) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, e)
	l.due += e.Due
	return len(l.entries)
}

func (l *Ledger) Totals() Totals {
	l.mu.Lock()
	defer l.mu.Unlock()
	return Totals{l.n, len(l.entries), l.due, l.since}
}

// Keep hands the run over at each turn.
func (l *Ledger) Keep(ctx context.Context, every time.Duration) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			l.mu.Lock()
			n, entries := l.n, l.entries
			l.n, l.entries, l.due, l.since = l.n+1, nil, 0, time.Now()
			l.mu.Unlock()
			if err := l.write(n, entries); err != nil {
				log.Printf("run %d: %v", n, err)
				continue
			}
			log.Printf("run %d: %d declarations handed over", n, len(entries))
		}
	}
}

func (l *Ledger) write(n int, entries []*Entry) error {
	f, err := os.Create(filepath.Join(l.dir, fmt.Sprintf("customs-%03d.csv.gz", n)))
	if err != nil {
		return err
	}
	defer f.Close()
	z := gzip.NewWriter(f)
	c := csv.NewWriter(z)
	for _, e := range entries {
		if err := c.WriteAll(e.Rows); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	return f.Close()
}

// Package sheet fills spreadsheets, one for each week.
package sheet

import (
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/tealeg/xlsx"
)

// Entry is one line of a time sheet.
type Entry struct {
	Worker, Site, Note, Trade, Foreman string
	Day                                int
	Hours                              float64
}

// Bureau has the sheets that are being filled.
type Bureau struct {
	dir   string
	mu    sync.Mutex
	weeks map[string]*xlsx.File
	rows  atomic.Int64
	files atomic.Int64
}

// NewBureau makes a bureau that writes its files to dir.
func NewBureau(dir string) *Bureau { return &Bureau{dir: dir, weeks: map[string]*xlsx.File{}} }

// Add adds entries to the sheet of a week.
func (b *Bureau) Add(week string, l []Entry) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	f := b.weeks[week]
	if f == nil {
		f = xlsx.NewFile()
		s, err := f.AddSheet("hours")
		if err != nil {
			return err
		}
		head := s.AddRow()
		for _, t := range []string{"worker", "site", "day", "hours", "trade", "foreman", "note"} {
			head.AddCell().SetString(t)
		}
		b.weeks[week] = f
	}
	s := f.Sheets[0]
	for _, e := range l {
		row := s.AddRow()
		row.AddCell().SetString(e.Worker)
		row.AddCell().SetString(e.Site)
		row.AddCell().SetInt(e.Day)
		row.AddCell().SetFloat(e.Hours)
		row.AddCell().SetString(e.Trade)
		row.AddCell().SetString(e.Foreman)
		row.AddCell().SetString(e.Note)
	}
	b.rows.Add(int64(len(l)))
	return nil
}

// Close writes the sheet of a week to its file and drops it.
func (b *Bureau) Close(week string) error {
	b.mu.Lock()
	f := b.weeks[week]
	delete(b.weeks, week)
	b.mu.Unlock()
	if f == nil {
		return nil
	}
	b.rows.Store(0)
	b.files.Add(1)
	return f.Save(filepath.Join(b.dir, filepath.Base(week)+".xlsx"))
}

// Rows is the number of rows in sheets that are being filled, Files that of files written.
func (b *Bureau) Rows() int64  { return b.rows.Load() }
func (b *Bureau) Files() int64 { return b.files.Load() }

// Package report writes a batch to a file.
package report

import (
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gocarina/gocsv"

	"loanbatch/loans"
)

type Batch struct {
	table   *loans.Table
	dir     string
	every   time.Duration
	Batches atomic.Int64
}

func New(t *loans.Table, dir string, every time.Duration) *Batch {
	return &Batch{table: t, dir: dir, every: every}
}

func (b *Batch) Run() {
	for range time.Tick(b.every) {
		if err := b.settle(b.table.Take()); err != nil {
			log.Print(err)
		}
		b.Batches.Add(1)
	}
}

func (b *Batch) settle(bs []*loans.Booking) error {
	slices.SortFunc(bs, func(x, y *loans.Booking) int { return strings.Compare(x.Loan, y.Loan) })
	f, err := os.Create(filepath.Join(b.dir, "batch.csv"))
	if err != nil {
		return err
	}
	defer f.Close()
	return gocsv.MarshalFile(&bs, f)
}

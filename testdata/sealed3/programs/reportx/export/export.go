// Package export makes CSV files of nights, packed, and looks into them.
package export

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"

	"reportx/rows"
)

const previewSize = 64 << 10

type Exporter struct {
	book          *rows.Book
	Cut, Previews atomic.Int64
}

func New(b *rows.Book) *Exporter { return &Exporter{book: b} }

func (e *Exporter) write(w io.Writer, hotel, n int) error {
	z := gzip.NewWriter(w)
	c := csv.NewWriter(z)
	c.Write([]string{"nr", "room", "guest", "cents", "code"})
	if err := e.book.Each(hotel, n, c.Write); err != nil {
		return err
	}
	c.Flush()
	return z.Close()
}

func (e *Exporter) open(hotel, n int) *io.PipeReader {
	pr, pw := io.Pipe()
	go func() { pw.CloseWithError(e.write(pw, hotel, n)) }()
	return pr
}

func args(r *http.Request) (hotel, n int) {
	hotel, _ = strconv.Atoi(r.FormValue("hotel"))
	n, _ = strconv.Atoi(r.FormValue("rows"))
	return
}

// Export answers with the whole file.
func (e *Exporter) Export(w http.ResponseWriter, r *http.Request) {
	pr := e.open(args(r))
	defer pr.Close()
	w.Header().Set("Content-Type", "application/gzip")
	io.Copy(w, pr)
}

// Preview answers with the first part of the file.
func (e *Exporter) Preview(w http.ResponseWriter, r *http.Request) {
	e.Previews.Add(1)
	head := make([]byte, previewSize)
	n, err := io.ReadFull(e.open(args(r)), head)
	if err == nil {
		e.Cut.Add(1)
	}
	w.Write(head[:n])
}

func (e *Exporter) Audit(w http.ResponseWriter, r *http.Request) {
	hotel, _ := args(r)
	n, err := e.book.Audit(hotel)
	fmt.Fprintln(w, n, err)
}

func (e *Exporter) Total(w http.ResponseWriter, r *http.Request) {
	hotel, _ := args(r)
	n, err := e.book.Total(hotel)
	fmt.Fprintln(w, n, err)
}

// Package board keeps the visits of a hospital's wards in memory.
package board

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sort"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi"
	"github.com/hashicorp/go-memdb"
)

type Visit struct {
	ID      string
	Ward    string
	Patient string
	Notes   []string
	Since   time.Time
	Closed  bool
}

var schema = &memdb.DBSchema{Tables: map[string]*memdb.TableSchema{"visit": {Name: "visit", Indexes: map[string]*memdb.IndexSchema{
	"id":   {Name: "id", Unique: true, Indexer: &memdb.StringFieldIndex{Field: "ID"}},
	"ward": {Name: "ward", Indexer: &memdb.StringFieldIndex{Field: "Ward"}},
}}}}

type Board struct {
	db                   *memdb.MemDB
	Admitted, Discharged atomic.Int64
}

func New() (*Board, error) {
	db, err := memdb.NewMemDB(schema)
	return &Board{db: db}, err
}

// Rows is the number of visits in the table.
func (b *Board) Rows() (n int64) {
	it, err := b.db.Txn(false).Get("visit", "id")
	if err != nil {
		return -1
	}
	for it.Next() != nil {
		n++
	}
	return
}

func (b *Board) Routes() http.Handler {
	r := chi.NewRouter()
	r.Post("/visits", b.admit)
	r.Post("/visits/{id}/discharge", b.discharge)
	r.Get("/wards/{ward}", b.ward)
	return r
}

func (b *Board) admit(w http.ResponseWriter, r *http.Request) {
	v := new(Visit)
	if err := json.NewDecoder(r.Body).Decode(v); err != nil {
		http.Error(w, err.Error(), 400)
		return
	}
	v.Since = time.Now()
	tx := b.db.Txn(true)
	defer tx.Abort()
	if err := tx.Insert("visit", v); err != nil {
		http.Error(w, err.Error(), 400)
		return
	}
	tx.Commit()
	b.Admitted.Add(1)
}

func (b *Board) discharge(w http.ResponseWriter, r *http.Request) {
	tx := b.db.Txn(true)
	defer tx.Abort()
	row, err := tx.First("visit", "id", chi.URLParam(r, "id"))
	if err != nil || row == nil {
		http.NotFound(w, r)
		return
	}
	v := *row.(*Visit)
	v.Closed = true
	tx.Insert("visit", &v)
	tx.Commit()
	b.Discharged.Add(1)
}

// ward is the page of a ward: those that lie there now.
func (b *Board) ward(w http.ResponseWriter, r *http.Request) {
	it, err := b.db.Txn(false).Get("visit", "ward", chi.URLParam(r, "ward"))
	if err != nil {
		http.Error(w, err.Error(), 400)
		return
	}
	var lines []string
	for row := it.Next(); row != nil; row = it.Next() {
		if v := row.(*Visit); !v.Closed {
			lines = append(lines, fmt.Sprintf("<tr><td>%s</td><td>%s</td><td>%s</td></tr>", v.Patient, v.Since.Format(time.Kitchen), strings.Join(v.Notes, "<br>")))
		}
	}
	sort.Strings(lines)
	var page strings.Builder
	for i := 0; i < 8; i++ { // the same table for the eight screens of the ward
		page.WriteString("<table>" + strings.Join(lines, "\n") + "</table>")
	}
	w.Write([]byte(page.String()))
}

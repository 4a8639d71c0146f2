// Package feed tells the search index what has changed.
package feed

import (
	"bytes"
	"encoding/json"
	"log"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
)

type Row struct {
	Shop, No   int
	Name, Body string
	Cents      int
	Changed    int64
}

// An outbox is a batch for the index.
type outbox struct {
	bytes.Buffer
	rows int
}

func (o *outbox) add(r *Row) {
	json.NewEncoder(o).Encode(r)
	o.rows++
}

// close gives the batch away.
func (o *outbox) close() { o.Reset() }

type Feed struct {
	db          *sqlx.DB
	last        int64
	Rounds, Fed atomic.Int64
}

func New(db *sqlx.DB) *Feed { return &Feed{db: db} }

// Run looks for changes for ever.
func (f *Feed) Run() {
	for {
		time.Sleep(900 * time.Millisecond)
		rows, err := f.db.Queryx(`select shop, no, name, body, cents, changed from article where changed > $1 order by changed limit 120`, f.last)
		if err != nil {
			log.Print(err)
			continue
		}
		defer rows.Close()
		out := &outbox{}
		defer out.close()
		for rows.Next() {
			var r Row
			if err := rows.StructScan(&r); err != nil {
				log.Print(err)
				break
			}
			out.add(&r)
			f.last = r.Changed
		}
		f.Rounds.Add(1)
		f.Fed.Add(int64(out.rows))
	}
}

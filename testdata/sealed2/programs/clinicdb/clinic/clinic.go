// Package clinic reads and writes appointments in PostgreSQL.
package clinic

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"net/http"
	"sync/atomic"
	"time"

	_ "github.com/lib/pq"
)

type Clinic struct {
	db                *sql.DB
	find, add         *sql.Stmt
	Answered, Waiting atomic.Int64
}

func Open(dsn string) (*Clinic, error) {
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(48)
	db.SetMaxIdleConns(48)
	if _, err = db.Exec("create table if not exists appointment (id serial primary key, doctor int, at timestamptz, what text); create index on appointment (doctor, id)"); err != nil {
		return nil, err
	}
	c := &Clinic{db: db}
	if c.find, err = db.Prepare("with pause as materialized (select pg_sleep($2)) select at, what from appointment, pause where doctor = $1 order by id desc limit 80"); err != nil {
		return nil, err
	}
	c.add, err = db.Prepare("insert into appointment (doctor, at, what) values ($1, $2, $3)")
	return c, err
}

func (c *Clinic) Stats() sql.DBStats { return c.db.Stats() }

type Appointment struct {
	Doctor int
	At     time.Time
	What   string
}

func (c *Clinic) Add(w http.ResponseWriter, r *http.Request) {
	var a Appointment
	if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
		http.Error(w, err.Error(), 400)
		return
	}
	if _, err := c.add.ExecContext(r.Context(), a.Doctor, a.At, a.What); err != nil {
		http.Error(w, err.Error(), 500)
	}
}

// Day lists a doctor's appointments. The query takes a moment, as the real one does.
func (c *Clinic) Day(w http.ResponseWriter, r *http.Request) {
	c.Waiting.Add(1)
	defer c.Waiting.Add(-1)
	ctx, cancel := context.WithTimeout(r.Context(), 8*time.Second)
	defer cancel()
	var page bytes.Buffer
	page.Grow(24 << 10)
	rows, err := c.find.QueryContext(ctx, r.FormValue("doctor"), 0.9)
	if err != nil {
		http.Error(w, err.Error(), 500)
		return
	}
	defer rows.Close()
	for rows.Next() {
		var a Appointment
		if err := rows.Scan(&a.At, &a.What); err != nil {
			http.Error(w, err.Error(), 500)
			return
		}
		json.NewEncoder(&page).Encode(a)
	}
	w.Write(page.Bytes())
	c.Answered.Add(1)
}

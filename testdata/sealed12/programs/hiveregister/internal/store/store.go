// Package store has the register in a database.
package store

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

type Hive struct {
	ID       int     `json:"id"`
	Keeper   string  `json:"keeper"`
	District int     `json:"district"`
	Lat      float64 `json:"lat"`
	Lon      float64 `json:"lon"`
	Strength int     `json:"strength"`
	Last     *string `json:"last_inspection"`
	Found    *string `json:"found"`
}

type Inspection struct {
	Hive    int    `json:"hive"`
	Vet     string `json:"vet"`
	Found   string `json:"found"`
	Remarks string `json:"remarks"`
}

type DB struct {
	db       *sql.DB
	searches atomic.Int64
}

func Open(file string) (*DB, error) {
	db, err := sql.Open("sqlite3", "file:"+file+"?_journal=WAL&_sync=OFF&_busy_timeout=5000")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(3)
	db.SetMaxIdleConns(3)
	for _, q := range []string{
		"DROP TABLE IF EXISTS hives", "DROP TABLE IF EXISTS inspections",
		"CREATE TABLE hives (id INTEGER PRIMARY KEY, keeper TEXT, district INTEGER, lat REAL, lon REAL, strength INTEGER)",
		"CREATE TABLE inspections (id INTEGER PRIMARY KEY, hive INTEGER, vet TEXT, found TEXT, remarks TEXT, at TEXT)",
		"CREATE INDEX inspected ON inspections (hive, at)",
	} {
		if _, err := db.Exec(q); err != nil {
			return nil, err
		}
	}
	return &DB{db: db}, nil
}

// Fill takes over the register that was on paper.
func (d *DB) Fill(n int) ([]Hive, error) {
	tx, err := d.db.Begin()
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	var hives []Hive
	for i := 0; i < n; i++ {
		h := Hive{ID: 10000 + i, Keeper: fmt.Sprintf("keeper %d", rand.Intn(900)), District: rand.Intn(8),
			Lat: 47 + rand.Float64(), Lon: 8 + rand.Float64(), Strength: rand.Intn(60)}
		if _, err := tx.Exec("INSERT INTO hives VALUES (?,?,?,?,?,?)", h.ID, h.Keeper, h.District, h.Lat, h.Lon, h.Strength); err != nil {
			return nil, err
		}
		hives = append(hives, h)
	}
	return hives, tx.Commit()
}

// Hives are those with the given numbers, the strongest first, each with what was found at its last inspection.
func (d *DB) Hives(ctx context.Context, ids []int) ([]Hive, error) {
	d.searches.Add(1)
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = strconv.Itoa(id)
	}
	st, err := d.db.PrepareContext(ctx, `SELECT h.id, h.keeper, h.district, h.lat, h.lon, h.strength,
		(SELECT i.at FROM inspections i WHERE i.hive = h.id ORDER BY i.at DESC LIMIT 1) AS last,
		(SELECT i.found FROM inspections i WHERE i.hive = h.id ORDER BY i.at DESC LIMIT 1) AS found
		FROM hives h WHERE h.id IN (`+strings.Join(list, ",")+`) ORDER BY h.strength DESC, h.id`)
	if err != nil {
		return nil, err
	}
	rows, err := st.QueryContext(ctx)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Hive
	for rows.Next() {
		var h Hive
		if err := rows.Scan(&h.ID, &h.Keeper, &h.District, &h.Lat, &h.Lon, &h.Strength, &h.Last, &h.Found); err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, rows.Err()
}

// Inspected notes an inspection, and returns the district of the hive.
func (d *DB) Inspected(ctx context.Context, in *Inspection) (int, error) {
	var district int
	if err := d.db.QueryRowContext(ctx, "SELECT district FROM hives WHERE id = ?", in.Hive).Scan(&district); err != nil {
		return 0, err
	}
	_, err := d.db.ExecContext(ctx, "INSERT INTO inspections (hive, vet, found, remarks, at) VALUES (?,?,?,?,?)",
		in.Hive, in.Vet, in.Found, in.Remarks, time.Now().Format(time.RFC3339))
	return district, err
}

func (d *DB) Searches() int64 { return d.searches.Load() }

func (d *DB) Conns() int { return d.db.Stats().OpenConnections }

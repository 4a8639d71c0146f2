// Package store is what the fleet desk knows of its trucks, in PostgreSQL.
package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	_ "github.com/lib/pq"
)

type Store struct {
	db  *sql.DB
	ctx context.Context // lives as long as the service

	Stale, Reports atomic.Int64
}

func Open(ctx context.Context, dsn string) (*Store, error) {
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxIdleConns(12)
	s := &Store{db: db, ctx: ctx}
	_, err = db.Exec(`create table if not exists position (truck int, at timestamptz default now(), lat float8, lon float8, note text);
		create index if not exists position_truck on position (truck, at);
		create table if not exists trip (id serial primary key, truck int, ` + columns("int default 0") + `)`)
	return s, err
}

// Conns is the number of connections in use, and of all.
func (s *Store) Conns() (int64, int64) {
	st := s.db.Stats()
	return int64(st.InUse), int64(st.OpenConnections)
}

func columns(typ string) string {
	var c []string
	for i := 0; i < 44; i++ {
		c = append(c, fmt.Sprintf("consumption_reading_%02d %s", i, typ))
	}
	return strings.Join(c, ", ")
}

func (s *Store) Report(truck int, lat, lon float64, note string) error {
	_, err := s.db.ExecContext(s.ctx, "insert into position (truck, lat, lon, note) values ($1, $2, $3, $4)", truck, lat, lon, note)
	return err
}

// Track gives the last positions of a truck.
func (s *Store) Track(truck, n int) ([]string, error) {
	rows, err := s.db.QueryContext(s.ctx, "select at, lat, lon, note from position where truck = $1 order by at desc limit $2", truck, n)
	if err != nil {
		return nil, err
	}
	var out []string
	for rows.Next() {
		var at time.Time
		var lat, lon float64
		var note string
		if err := rows.Scan(&at, &lat, &lon, &note); err != nil {
			rows.Close()
			return nil, err
		}
		if lat == 0 && lon == 0 {
			s.Stale.Add(1)
			return nil, fmt.Errorf("truck %d has no fix", truck)
		}
		out = append(out, fmt.Sprintf("%s %.4f %.4f %s", at.Format(time.RFC3339), lat, lon, note))
	}
	rows.Close()
	return out, rows.Err()
}

// Consumption reads a truck's trips under the filter that the user has put together.
func (s *Store) Consumption(truck int, filter string) (int, error) {
	q := "select " + strings.ReplaceAll(columns(""), " ,", ",") + " from trip where truck = $1 and (" + filter + ")"
	st, err := s.db.PrepareContext(s.ctx, q)
	if err != nil {
		return 0, err
	}
	s.Reports.Add(1)
	rows, err := st.QueryContext(s.ctx, truck)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		n++
	}
	return n, rows.Err()
}

// Package store keeps the cars that stand in garages.
package store

import (
	"context"

	"github.com/jackc/pgx/v4/pgxpool"
)

type Car struct {
	ID, Garage int
	Note       string
}

type Store struct{ pool *pgxpool.Pool }

// Open makes a store with at most max connections.
func Open(ctx context.Context, dsn string, max int32) (*Store, error) {
	c, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	c.MaxConns = max
	pool, err := pgxpool.ConnectConfig(ctx, c)
	if err != nil {
		return nil, err
	}
	_, err = pool.Exec(ctx, `create table if not exists cars (id int primary key, garage int, note text)`)
	if err == nil {
		_, err = pool.Exec(ctx, `insert into cars select g, g % 60, repeat(md5(g::text), 8) from generate_series(0, 3999) g`)
	}
	return &Store{pool}, err
}

func (s *Store) Connections() int32 { return s.pool.Stat().TotalConns() }

// Garage lists the cars of a garage.
func (s *Store) Garage(ctx context.Context, id int) ([]Car, error) {
	rows, err := s.pool.Query(ctx, "select id, garage, note, pg_sleep(0.008) from cars where garage = $1", id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Car
	for rows.Next() {
		var c Car
		var v any
		if err := rows.Scan(&c.ID, &c.Garage, &c.Note, &v); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// Note changes what is known of a car.
func (s *Store) Note(ctx context.Context, id int, note string) error {
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx)
	if _, err := tx.Exec(ctx, "update cars set note = $2 where id = $1", id, note); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

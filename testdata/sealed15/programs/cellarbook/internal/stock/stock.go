// Package stock is the database of the cellar.
package stock

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand"
	"time"

	_ "github.com/lib/pq"

	"vintner.example/cellarbook/internal/query"
)

type Wine struct {
	ID      int    `json:"id"`
	Name    string `json:"name"`
	Region  string `json:"region"`
	Grape   string `json:"grape"`
	Vintage int    `json:"vintage"`
	Price   int    `json:"price"`
	Bottles int    `json:"bottles"`
	Note    string `json:"note"`
}

type Cellar struct{ db *sql.DB }

func Open(dsn string) (*Cellar, error) {
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(6)
	db.SetMaxIdleConns(6)
	c := &Cellar{db}
	return c, c.fill()
}

var regions = []string{"Mosel", "Rhone", "Douro", "Etna", "Rioja", "Wachau", "Tokaj", "Jura", "Priorat", "Alsace"}
var grapes = []string{"Riesling", "Syrah", "Touriga", "Nerello", "Tempranillo", "Gruener", "Furmint", "Savagnin", "Garnacha", "Pinot"}

func (c *Cellar) fill() error {
	for _, s := range []string{
		`DROP TABLE IF EXISTS wines, orders`,
		`CREATE TABLE wines (id int PRIMARY KEY, name text, region text, grape text, vintage int, price int, bottles int, note text)`,
		`CREATE TABLE orders (id serial PRIMARY KEY, wine int, bottles int, merchant text, at timestamptz DEFAULT now())`,
	} {
		if _, err := c.db.Exec(s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	tx, err := c.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	st, err := tx.Prepare(`INSERT INTO wines VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`)
	if err != nil {
		return err
	}
	defer st.Close()
	for i := 0; i < 3000; i++ {
		r, g := regions[rand.Intn(len(regions))], grapes[rand.Intn(len(grapes))]
		note := fmt.Sprintf("%s from %s, slope %d, cask %d, opened by hand. ", g, r, i%97, i%41)
		if _, err := st.Exec(i, fmt.Sprintf("%s %s No. %d", r, g, i), r, g, 1990+rand.Intn(33), 600+rand.Intn(9000), 24+rand.Intn(400), note+note+note); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// Search runs a filter. The text differs with what the filter has in it, so it
// is prepared as it comes.
func (c *Cellar) Search(ctx context.Context, f query.Filter) ([]Wine, error) {
	text, args := f.SQL()
	st, err := c.db.PrepareContext(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	defer st.Close()
	rows, err := st.QueryContext(ctx, args...)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	defer rows.Close()
	var out []Wine
	for rows.Next() {
		var w Wine
		if err := rows.Scan(&w.ID, &w.Name, &w.Region, &w.Grape, &w.Vintage, &w.Price, &w.Bottles, &w.Note); err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, rows.Err()
}

// One has a single wine.
func (c *Cellar) One(ctx context.Context, id int) (w Wine, err error) {
	err = c.db.QueryRowContext(ctx, `SELECT id, name, region, grape, vintage, price, bottles, note FROM wines WHERE id = $1`, id).
		Scan(&w.ID, &w.Name, &w.Region, &w.Grape, &w.Vintage, &w.Price, &w.Bottles, &w.Note)
	return
}

// Order takes bottles out of the cellar.
func (c *Cellar) Order(ctx context.Context, id, bottles int, merchant string) error {
	tx, err := c.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var left int
	if err := tx.QueryRow(`SELECT bottles FROM wines WHERE id = $1 FOR UPDATE`, id).Scan(&left); err != nil {
		return err
	}
	if left < bottles {
		bottles, left = left, 600 // the cooper brings more
	}
	if _, err := tx.Exec(`UPDATE wines SET bottles = $2 WHERE id = $1`, id, left-bottles); err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO orders (wine, bottles, merchant) VALUES ($1, $2, $3)`, id, bottles, merchant); err != nil {
		return err
	}
	return tx.Commit()
}

// Orders counts what was ordered in the last minutes.
func (c *Cellar) Orders(ctx context.Context, d time.Duration) (n int, err error) {
	err = c.db.QueryRowContext(ctx, `SELECT count(*) FROM orders WHERE at > now() - $1 * interval '1 second'`, d.Seconds()).Scan(&n)
	return
}

func (c *Cellar) Conns() int { return c.db.Stats().OpenConnections }

// Search. It prepares a statement for each combination of filters.
// LEAK: the statements are prepared for each request and never closed.
package main

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"math/rand/v2"
	"runtime"

	_ "example.com/fakedb"
)

type search struct {
	db *sql.DB
}

// One sample every 4 KiB: statements are small.
func init() { runtime.MemProfileRate = 4 << 10 }

func main() {
	recorder := openRecorder()
	startShop(0.2)
	db, err := sql.Open("fakedb", "ledger")
	if err != nil {
		log.Fatal(err)
	}
	db.SetMaxOpenConns(4)
	s := &search{db: db}
	steadily(90, func() { s.find(context.Background(), rand.Int64N(100)) })
	recorder.run()
}

func (s *search) find(ctx context.Context, account int64) (cents int64, err error) {
	query := fmt.Sprintf("SELECT account, cents FROM balances WHERE account = %d", account)
	statement, err := s.db.PrepareContext(ctx, query)
	if err != nil {
		return 0, err
	}
	err = statement.QueryRowContext(ctx).Scan(&account, &cents)
	return cents, err
}

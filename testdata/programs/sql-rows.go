// Ledger. It looks up the balance of an account in a database.
// LEAK: it stops reading at the first row that fits and does not close the rows, so their connection is
// never given back.
package main

import (
	"context"
	"database/sql"
	"log"
	"math/rand/v2"

	_ "example.com/fakedb"
)

type ledger struct {
	db *sql.DB
}

func main() {
	recorder := openRecorder()
	startShop(1)
	db, err := sql.Open("fakedb", "ledger")
	if err != nil {
		log.Fatal(err)
	}
	untilTheEnd, cancel := context.WithCancel(context.Background())
	defer cancel()
	l := &ledger{db: db}
	steadily(15, func() { go l.balance(untilTheEnd, rand.Int64N(100)) })
	recorder.run()
}

func (l *ledger) balance(ctx context.Context, account int64) (int64, error) {
	rows, err := l.db.QueryContext(ctx, "SELECT account, cents FROM balances")
	if err != nil {
		return 0, err
	}
	for rows.Next() {
		var number, cents int64
		if err := rows.Scan(&number, &cents); err != nil {
			return 0, err
		}
		if number == account {
			return cents, nil
		}
	}
	return 0, sql.ErrNoRows
}

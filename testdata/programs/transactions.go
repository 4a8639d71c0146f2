// Booking. It books an amount in a transaction.
// LEAK: a booking that is refused returns without a Rollback, and its connection is never given back.
package main

import (
	"context"
	"database/sql"
	"errors"
	"log"
	"math/rand/v2"

	_ "example.com/fakedb"
)

type bookings struct {
	db *sql.DB
}

var errRefused = errors.New("refused")

func main() {
	recorder := openRecorder()
	startShop(1)
	db, err := sql.Open("fakedb", "ledger")
	if err != nil {
		log.Fatal(err)
	}
	untilTheEnd, cancel := context.WithCancel(context.Background())
	defer cancel()
	b := &bookings{db: db}
	steadily(15, func() { go b.book(untilTheEnd, rand.IntN(400)-100) })
	recorder.run()
}

func (b *bookings) book(ctx context.Context, cents int) error {
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	pause(50e6)
	if cents > 0 {
		return errRefused
	}
	return tx.Commit()
}

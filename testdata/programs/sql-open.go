// Ledger. It looks up the number of accounts in a database.
// LEAK: each look-up opens the database anew and does not close it. An sql.DB is a whole pool of
// connections, with a goroutine of its own.
package main

import (
	"database/sql"
	"log"

	_ "example.com/fakedb"
)

type ledger struct {
	source string
}

func main() {
	recorder := openRecorder()
	startShop(1)
	l := &ledger{source: "ledger"}
	steadily(15, func() {
		go func() {
			if _, err := l.accounts(); err != nil {
				log.Print(err)
			}
		}()
	})
	recorder.run()
}

func (l *ledger) accounts() (int, error) {
	db, err := sql.Open("fakedb", l.source)
	if err != nil {
		return 0, err
	}
	rows, err := db.Query("SELECT account, cents FROM balances")
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

// Bank. Each account has a lock that a withdrawal holds while it works.
// LEAK: the way out for a frozen account forgets to unlock it, so all later withdrawals from it wait for ever.
package main

import (
	"errors"
	"math/rand/v2"
	"sync"
)

type account struct {
	mu        sync.Mutex
	cents     int
	frozen    bool
	statement []byte // the latest
}

var errFrozen = errors.New("account is frozen")

func main() {
	recorder := openRecorder()
	startShop(1)
	accounts := make([]account, 40)
	for i := range accounts {
		accounts[i].cents = 1 << 40
		accounts[i].frozen = i%4 == 0
	}
	steadily(100, func() { go accounts[rand.IntN(len(accounts))].withdraw(100) })
	recorder.run()
}

func (a *account) withdraw(cents int) error {
	statement := make([]byte, 0, 40<<10)
	a.mu.Lock()
	if a.frozen {
		return errFrozen
	}
	a.cents -= cents
	a.statement = append(statement, "withdrawn"...)
	a.mu.Unlock()
	return nil
}

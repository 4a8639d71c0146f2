package ledger

import (
	"errors"
	"sync"
)

var ErrNoFunds = errors.New("no funds")

type account struct {
	sync.Mutex
	cents int
}

type Book struct {
	mu       sync.RWMutex
	accounts map[string]*account
}

func New() *Book {
	b := &Book{accounts: map[string]*account{}}
	for _, n := range []string{"b0", "b1", "b2"} {
		b.accounts[n] = &account{cents: 1000}
	}
	return b
}

func (b *Book) Transfer(from, to string, cents int) error {
	b.mu.RLock()
	dst := b.accounts[to]
	b.mu.RUnlock()
	dst.Lock()
	if dst.cents+cents < 2000 {
		dst.cents += cents
	} else {
		return ErrNoFunds // still locked
	}
	dst.Unlock()
	return nil
}

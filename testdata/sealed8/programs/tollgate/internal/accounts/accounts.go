// Package accounts has the drivers who pay by account.
package accounts

import (
	"errors"
	"strconv"
	"sync"
)

var ErrUnknown = errors.New("no account for this plate")

type Book struct {
	mu    sync.Mutex
	cents []int
}

func Open(n int) *Book { return &Book{cents: make([]int, n)} }

func (b *Book) index(plate string) (int, error) {
	n, err := strconv.Atoi(plate)
	if err != nil || n >= len(b.cents) {
		return 0, ErrUnknown
	}
	return n, nil
}

func (b *Book) Debit(plate string, cents int) (int, error) {
	i, err := b.index(plate)
	if err != nil {
		return 0, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cents[i] -= cents
	return b.cents[i], nil
}

func (b *Book) Balance(plate string) (int, error) {
	i, err := b.index(plate)
	if err != nil {
		return 0, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.cents[i], nil
}

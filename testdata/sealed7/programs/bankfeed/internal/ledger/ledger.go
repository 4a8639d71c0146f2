// Package ledger books statements, each booking once.
package ledger

import (
	"io"
	"sync"
	"time"

	"bank.example/bankfeed/internal/statement"
)

// Sink is told about bookings.
type Sink interface {
	Booked(account string, amount int64, when time.Time)
}

type account struct {
	mu      sync.Mutex
	balance int64
	last    [32]int64
	n       int
}

// Ledger keeps balances and knows which bookings it has seen.
type Ledger struct {
	sinks []Sink

	mu       sync.Mutex
	accounts map[int]*account
	seen     map[string]struct{}
}

func New(s ...Sink) *Ledger {
	return &Ledger{sinks: s, accounts: map[int]*account{}, seen: map[string]struct{}{}}
}

func (l *Ledger) claim(id string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.seen[id]; ok {
		return false
	}
	l.seen[id] = struct{}{}
	return true
}

func number(name string) (n int) {
	for _, c := range name {
		if c >= '0' && c <= '9' {
			n = n*10 + int(c-'0')
		}
	}
	return n
}

func (l *Ledger) account(name string) *account {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.accounts[number(name)]
	if a == nil {
		a = &account{}
		l.accounts[number(name)] = a
	}
	return a
}

// Import books a statement.
func (l *Ledger) Import(r io.Reader) (booked, again int, err error) {
	for ln, err := range statement.Lines(r) {
		if err != nil {
			return booked, again, err
		}
		if !l.claim(ln.ID) {
			again++
			continue
		}
		a := l.account(ln.Account)
		a.mu.Lock()
		a.balance += ln.Amount
		a.last[a.n%len(a.last)] = ln.Amount
		a.n++
		a.mu.Unlock()
		for _, s := range l.sinks {
			s.Booked(ln.Account, ln.Amount, time.Now())
		}
		booked++
	}
	return booked, again, nil
}

// Balance of an account.
func (l *Ledger) Balance(name string) int64 {
	a := l.account(name)
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.balance
}

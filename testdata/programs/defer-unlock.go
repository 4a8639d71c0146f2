// Auditor. It checks accounts against their bookings for as long as the process lives.
// LEAK: unlocking an account and closing its rows are deferred to the end of a function that never ends.
package main

import (
	"math/rand/v2"
	"sync"
)

type account struct {
	mu     sync.Mutex
	number int
	cents  int
}

type rows struct {
	account int
	left    int
	buffer  [240]byte
	closed  bool
}

func (r *rows) next() bool { r.left--; return r.left > 0 }
func (r *rows) close()     { r.closed = true }

type auditor struct {
	due    chan int // numbers of accounts
	failed int
	closed int
}

func main() {
	recorder := openRecorder()
	startShop(1)
	a := &auditor{due: make(chan int, 100)}
	go a.reconcile()
	steadily(2500, func() { a.due <- rand.IntN(1_000_000) })
	recorder.run()
}

func (a *auditor) reconcile() {
	for number := range a.due {
		acc := openAccount(number)
		acc.mu.Lock()
		defer acc.mu.Unlock()
		bookings := bookingsOf(number)
		defer func() {
			bookings.close()
			a.closed++
		}()
		cents := 0
		for bookings.next() {
			cents += bookings.left
		}
		if cents != acc.cents {
			a.failed++
		}
	}
}

func openAccount(number int) *account { return &account{number: number, cents: number % 1000} }

func bookingsOf(number int) *rows { return &rows{account: number, left: number % 8} }

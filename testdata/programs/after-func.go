// Library. Who borrows a book is reminded if it is not back after an hour.
// LEAK: the timer goes on when the book is back, and keeps the loan till it fires.
package main

import (
	"math/rand/v2"
	"time"
)

type loan struct {
	book     int
	back     bool
	reminded int
	card     [600]byte
}

type library struct {
	loans int
}

func main() {
	recorder := openRecorder()
	startShop(1)
	l := new(library)
	steadily(1200, func() { l.serve(rand.IntN(100_000)) })
	recorder.run()
}

// serve lends a book to a reader who looks something up and gives it back.
func (l *library) serve(book int) {
	n := l.lend(book)
	n.back = true
	l.loans++
}

func (l *library) lend(book int) *loan {
	n := &loan{book: book}
	time.AfterFunc(time.Hour, func() {
		if !n.back {
			n.reminded++
		}
	})
	return n
}

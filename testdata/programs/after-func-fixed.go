// Library. Who borrows a book is reminded if it is not back after an hour.
// FIXED: the timer is stopped when the book is back.
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
	reminder *time.Timer
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
	n.reminder.Stop()
	l.loans++
}

func (l *library) lend(book int) *loan {
	n := &loan{book: book}
	n.reminder = time.AfterFunc(time.Hour, func() {
		if !n.back {
			n.reminded++
		}
	})
	return n
}

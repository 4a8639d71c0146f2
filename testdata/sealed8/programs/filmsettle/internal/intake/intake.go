// Package intake takes the cinemas' tickets in.
package intake

import (
	"encoding/csv"
	"io"
	"net/http"
	"strconv"
	"strings"

	"film.example/filmsettle/internal/ledger"
)

type parcel struct {
	cinema string
	text   string
}

type Queue struct {
	book *ledger.Book
	in   chan parcel
}

func New(b *ledger.Book, room, hands int) *Queue {
	q := &Queue{b, make(chan parcel, room)}
	for i := 0; i < hands; i++ {
		go q.work()
	}
	return q
}

func (q *Queue) Receive(w http.ResponseWriter, r *http.Request) {
	t, err := io.ReadAll(io.LimitReader(r.Body, 1<<19))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	select {
	case q.in <- parcel{r.PathValue("cinema"), string(t)}:
		w.WriteHeader(http.StatusAccepted)
	default:
		http.Error(w, "later", http.StatusTooManyRequests)
	}
}

func (q *Queue) work() {
	for p := range q.in {
		c := csv.NewReader(strings.NewReader(p.text))
		c.FieldsPerRecord = -1
		for {
			f, err := c.Read()
			if err == io.EOF {
				break
			}
			if err != nil || len(f) < 4 {
				continue
			}
			cents, _ := strconv.Atoi(f[2])
			q.book.Add(ledger.Ticket{Cinema: p.cinema, Number: f[0], Film: f[1], Cents: cents, Seat: f[3]})
		}
	}
}

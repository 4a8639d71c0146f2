// Package gantry has what the gantries over the road call.
package gantry

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"golang.org/x/net/trace"

	"road.example/tollgate/internal/accounts"
)

type Desk struct {
	book *accounts.Book
}

func New(b *accounts.Book) *Desk {
	trace.DebugUseAfterFinish = false
	return &Desk{book: b}
}

// A Shot is what the camera of a lane saw.
type Shot struct {
	Lane  int
	Plate string
	At    time.Time
	Crop  []byte
}

func (s *Shot) String() string {
	return fmt.Sprintf("lane %d: %q, %d bytes", s.Lane, s.Plate, len(s.Crop))
}

func (d *Desk) shot(r *http.Request) (*Shot, error) {
	b, err := io.ReadAll(io.LimitReader(r.Body, 1<<15))
	if err != nil {
		return nil, err
	}
	s := &Shot{At: time.Now(), Plate: r.URL.Query().Get("plate")}
	fmt.Sscan(r.URL.Query().Get("lane"), &s.Lane)
	s.Crop = make([]byte, len(b)/2)
	for i := range s.Crop {
		s.Crop[i] = b[2*i] ^ b[2*i+1]
	}
	return s, nil
}

func (d *Desk) Passage(w http.ResponseWriter, r *http.Request) {
	tr := trace.New("passage", r.PathValue("gantry"))
	s, err := d.shot(r)
	if err != nil {
		tr.SetError()
		tr.Finish()
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	tr.LazyLog(s, false)
	cents := 180 + 40*s.Lane
	left, err := d.book.Debit(s.Plate, cents)
	if err != nil {
		tr.LazyPrintf("post the bill: %v", err)
		tr.SetError()
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	tr.LazyPrintf("debited %d, %d left", cents, left)
	tr.Finish()
	json.NewEncoder(w).Encode(map[string]int{"cents": cents, "left": left})
}

func (d *Desk) Balance(w http.ResponseWriter, r *http.Request) {
	tr := trace.New("balance", r.PathValue("plate"))
	defer tr.Finish()
	n, err := d.book.Balance(r.PathValue("plate"))
	if err != nil {
		tr.SetError()
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	json.NewEncoder(w).Encode(map[string]int{"cents": n})
}

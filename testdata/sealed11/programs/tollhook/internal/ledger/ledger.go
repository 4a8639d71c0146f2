// Package ledger has the accounts of hauliers.
package ledger

import (
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/gorilla/mux"
	"github.com/shopspring/decimal"
)

const shown = 6 // lines that a statement shows

type line struct {
	due  decimal.Decimal
	text string
	at   time.Time
}

type account struct {
	mu    sync.Mutex
	due   decimal.Decimal
	lines [shown]line
	n     int
}

type Books struct{ accounts []account }

func New(n int) *Books { return &Books{accounts: make([]account, n)} }

// Debit books what a haulier owes.
func (b *Books) Debit(haulier int, due decimal.Decimal, text string) {
	if haulier < 0 || haulier >= len(b.accounts) {
		return
	}
	a := &b.accounts[haulier]
	a.mu.Lock()
	defer a.mu.Unlock()
	a.due = a.due.Add(due)
	a.lines[a.n%shown] = line{due, text, time.Now()}
	a.n++
}

type shownLine struct {
	When string `json:"when"`
	Due  string `json:"due"`
	Text string `json:"text"`
}

// Statement is the page of a haulier.
func (b *Books) Statement(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(mux.Vars(r)["haulier"])
	if err != nil || n >= len(b.accounts) {
		http.NotFound(w, r)
		return
	}
	a := &b.accounts[n]
	var out struct {
		Haulier int         `json:"haulier"`
		Due     string      `json:"due"`
		Count   string      `json:"count"`
		Lines   []shownLine `json:"lines"`
	}
	a.mu.Lock()
	out.Haulier, out.Due, out.Count = n, a.due.StringFixed(2), humanize.Comma(int64(a.n))
	for i := range shown {
		if l := a.lines[(a.n+i)%shown]; l.text != "" {
			out.Lines = append(out.Lines, shownLine{humanize.Time(l.at), l.due.String(), l.text})
		}
	}
	a.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(out)
}

// Lines counts what all statements show.
func (b *Books) Lines() (n int) {
	for i := range b.accounts {
		a := &b.accounts[i]
		a.mu.Lock()
		n += min(a.n, shown)
		a.mu.Unlock()
	}
	return n
}

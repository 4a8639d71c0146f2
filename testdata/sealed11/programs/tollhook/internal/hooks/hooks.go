// Package hooks takes what gantries send. A gantry sends again what was not answered in time, so that a passage
// that was booked today is not booked a second time.
package hooks

import (
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"github.com/shopspring/decimal"
	"github.com/tidwall/gjson"

	"toll.example/tollhook/internal/ledger"
	"toll.example/tollhook/internal/road"
)

type Hooks struct {
	road  *road.Net
	books *ledger.Books
	log   zerolog.Logger

	mu     sync.Mutex
	day    int
	booked map[string]int64 // the passages of today: when, in seconds
	again  int
}

func New(n *road.Net, b *ledger.Books, log zerolog.Logger) *Hooks {
	return &Hooks{road: n, books: b, log: log, booked: make(map[string]int64)}
}

// Passage takes the report of one passage.
func (h *Hooks) Passage(w http.ResponseWriter, r *http.Request) {
	doc, err := readReport(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if !gjson.Valid(doc) {
		h.log.Warn().Int("bytes", len(doc)).Msg("not JSON")
		http.Error(w, "not JSON", http.StatusBadRequest)
		return
	}
	got := gjson.GetMany(doc, "passage.ref", "passage.gantry", "vehicle.haulier", "vehicle.axles", "passage.metres", "vehicle.plate")
	ref := got[0].String()
	if ref == "" {
		http.Error(w, "passage.ref is missing", http.StatusBadRequest)
		return
	}
	if !h.first(ref, time.Now()) {
		w.WriteHeader(http.StatusOK)
		return
	}
	due := tariff(got[3].Int(), got[4].Float())
	h.books.Debit(int(got[2].Int()), due, "gantry "+got[1].Raw+", "+got[5].String())
	h.road.Seen(int(got[1].Int()), gjson.Get(doc, "pictures.#").Int(), len(doc))
	w.WriteHeader(http.StatusCreated)
}

func readReport(r *http.Request) (string, error) {
	b, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	return string(b), err
}

// first says whether a passage has not been booked today.
func (h *Hooks) first(ref string, now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if d := now.YearDay(); d != h.day {
		h.day = d
		clear(h.booked)
	}
	if _, ok := h.booked[ref]; ok {
		h.again++
		return false
	}
	h.booked[ref] = now.Unix()
	return true
}

func tariff(axles int64, metres float64) decimal.Decimal {
	perKm := decimal.NewFromFloat(0.091).Add(decimal.NewFromInt(axles).Mul(decimal.NewFromFloat(0.017)))
	return perKm.Mul(decimal.NewFromFloat(metres / 1000)).Round(3)
}

func (h *Hooks) Today() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.booked)
}

func (h *Hooks) Again() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.again
}

// Package hall is where notes are handed in.
package hall

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"

	"tracehall/tape"
)

type Hall struct {
	deck *tape.Deck

	mu   sync.Mutex
	last [200][]string

	Notes, Refused atomic.Int64
}

func New(d *tape.Deck) *Hall { return &Hall{deck: d} }

func (h *Hall) Note(w http.ResponseWriter, r *http.Request) {
	sound, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if err := h.deck.Check(r.Context(), r.PathValue("kind"), sound); err != nil {
		h.Refused.Add(1)
		http.Error(w, err.Error(), http.StatusUnsupportedMediaType)
		return
	}
	n := h.Notes.Add(1)
	ws := h.deck.Read(r.Context(), r.FormValue("ward"), sound)
	h.mu.Lock()
	h.last[n%200] = ws
	h.mu.Unlock()
	json.NewEncoder(w).Encode(ws)
}

func (h *Hall) Status(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, h.Notes.Load(), "notes")
}

// Package front answers the people at the desks.
package front

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"

	"pgdesk/store"
)

type Front struct {
	store            *store.Store
	Answered, Flying atomic.Int64
}

func New(s *store.Store) *Front { return &Front{store: s} }

func (f *Front) enter() func() {
	f.Flying.Add(1)
	return func() { f.Flying.Add(-1); f.Answered.Add(1) }
}

func (f *Front) Garage(w http.ResponseWriter, r *http.Request) {
	defer f.enter()()
	id, _ := strconv.Atoi(r.PathValue("id"))
	cars, err := f.store.Garage(r.Context(), id)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	json.NewEncoder(w).Encode(cars)
}

func (f *Front) Car(w http.ResponseWriter, r *http.Request) {
	defer f.enter()()
	id, _ := strconv.Atoi(r.PathValue("id"))
	note, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if err := f.store.Note(r.Context(), id, string(note)); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// Package fridge has the last readings of each fridge.
package fridge

import (
	"errors"
	"fmt"
	"strconv"
	"sync"
)

type Reading struct {
	Minute  int    `json:"minute"`
	Tenths  int    `json:"tenths"`
	Door    bool   `json:"door"`
	Remarks string `json:"remarks"`
}

type ring struct {
	mu   sync.Mutex
	last []Reading
	at   int
}

type Store struct{ fridges []ring }

var ErrNone = errors.New("no such fridge")

func NewStore(fridges, readings int) *Store {
	s := &Store{fridges: make([]ring, fridges)}
	for i := range s.fridges {
		s.fridges[i].last = make([]Reading, readings)
	}
	return s
}

func (s *Store) find(name string) (*ring, error) {
	n, err := strconv.Atoi(name)
	if err != nil || n < 0 || n >= len(s.fridges) {
		return nil, ErrNone
	}
	return &s.fridges[n], nil
}

// Note adds readings and returns the report of them.
func (s *Store) Note(name string, in []Reading) ([]byte, error) {
	f, err := s.find(name)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []byte
	for _, r := range in {
		out = fmt.Appendf(out, "%s;%d;%d;%v;%s\n", name, r.Minute, r.Tenths, r.Door, r.Remarks)
		f.last[f.at%len(f.last)] = r
		f.at++
	}
	return out, nil
}

func (s *Store) Last(name string) ([]Reading, error) {
	f, err := s.find(name)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Reading(nil), f.last[:min(f.at, len(f.last))]...), nil
}

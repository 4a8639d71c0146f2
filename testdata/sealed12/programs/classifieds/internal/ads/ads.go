// Package ads has the ads that are shown, the last ones of each shop.
package ads

import (
	"errors"
	"fmt"
	"math/rand"
	"strings"
	"sync"
	"time"
)

// PerShop is how many ads hang in a shop.
const PerShop = 8

var ErrShop = errors.New("no such shop")

type Ad struct {
	Title string    `json:"title"`
	Text  string    `json:"text"`
	Phone string    `json:"phone"`
	Shop  int       `json:"shop"`
	At    time.Time `json:"at"`
}

type board struct {
	ads  [PerShop]*Ad
	next int
}

type Store struct {
	mu     sync.RWMutex
	boards []board
	n      int
}

func NewStore(shops int) *Store { return &Store{boards: make([]board, shops)} }

func (s *Store) Shops() int { return len(s.boards) }

// Archive hangs up what hung there yesterday.
func (s *Store) Archive(text string) {
	words := strings.Fields(text)
	pick := func(n int) string {
		var b strings.Builder
		for b.Len() < n {
			b.WriteString(words[rand.Intn(len(words))])
			b.WriteByte(' ')
		}
		return b.String()
	}
	for i := range s.boards {
		for j := 0; j < PerShop; j++ {
			s.Add(i, &Ad{Title: pick(20), Text: pick(60 + rand.Intn(120)), Phone: fmt.Sprintf("0%d %d", 200+rand.Intn(700), rand.Intn(1e6)), At: time.Now()})
		}
	}
}

// Add hangs up an ad in place of the shop's oldest.
func (s *Store) Add(shop int, a *Ad) error {
	if shop < 0 || shop >= len(s.boards) {
		return ErrShop
	}
	a.Shop = shop
	s.mu.Lock()
	defer s.mu.Unlock()
	b := &s.boards[shop]
	if b.ads[b.next] == nil {
		s.n++
	}
	b.ads[b.next] = a
	b.next = (b.next + 1) % PerShop
	return nil
}

// Near are the ads of a shop and of those beside it.
func (s *Store) Near(shop int) []*Ad {
	var out []*Ad
	s.mu.RLock()
	defer s.mu.RUnlock()
	for i := shop - 1; i <= shop+1; i++ {
		b := &s.boards[(i+len(s.boards))%len(s.boards)]
		for _, a := range b.ads {
			if a != nil {
				out = append(out, a)
			}
		}
	}
	return out
}

// All are the ads of the county.
func (s *Store) All() []*Ad {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]*Ad, 0, s.n)
	for i := range s.boards {
		for _, a := range s.boards[i].ads {
			if a != nil {
				out = append(out, a)
			}
		}
	}
	return out
}

func (s *Store) Len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.n
}

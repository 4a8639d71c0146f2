// Package pitches has the pitches of a park, and which nights of the next two years they are taken.
package pitches

import (
	"errors"
	"fmt"
	"math/bits"
	"sync"
)

const Nights = 730

type pitch struct {
	mu    sync.Mutex
	taken [(Nights + 63) / 64]uint64
}

type Park struct{ pitches []pitch }

var ErrTaken = errors.New("taken")

func NewPark(n int) *Park { return &Park{pitches: make([]pitch, n)} }

func (p *Park) at(n int) (*pitch, error) {
	if n < 0 || n >= len(p.pitches) {
		return nil, fmt.Errorf("no pitch %d", n)
	}
	return &p.pitches[n], nil
}

// Book takes some nights of a pitch. The year is tidied when half of it is taken: it is a demonstration park.
func (p *Park) Book(n, from, nights int) error {
	x, err := p.at(n)
	if err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	used := 0
	for _, w := range x.taken {
		used += bits.OnesCount64(w)
	}
	if used > Nights/2 {
		clear(x.taken[:])
	}
	for i := from; i < from+nights; i++ {
		if i >= Nights || x.taken[i/64]&(1<<(i%64)) != 0 {
			return ErrTaken
		}
	}
	for i := from; i < from+nights; i++ {
		x.taken[i/64] |= 1 << (i % 64)
	}
	return nil
}

func (p *Park) Taken(n, night int) (bool, error) {
	x, err := p.at(n)
	if err != nil {
		return false, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.taken[night/64]&(1<<(night%64)) != 0, nil
}

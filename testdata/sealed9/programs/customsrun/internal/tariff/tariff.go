// Package tariff is the book of duties.
package tariff

import (
	"fmt"
	"strconv"
)

type Position struct {
	Code    string
	PerMill int
	Texts   []string
}

type Book struct{ at map[string]Position }

func Open() *Book {
	b := &Book{at: make(map[string]Position, 2500)}
	for i := range 2500 {
		c := "t" + strconv.Itoa(i)
		b.at[c] = Position{Code: c, PerMill: i * 7 % 180, Texts: []string{fmt.Sprintf("goods of chapter %d, other than those of %d", i/30, i%97)}}
	}
	return b
}

func (b *Book) Lookup(code string) (Position, error) {
	p, ok := b.at[code]
	if !ok {
		return p, fmt.Errorf("no position %q", code)
	}
	return p, nil
}

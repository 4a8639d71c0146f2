// Package fares computes the fares of a hotel for the nights of a season.
package fares

import (
	"fmt"
	"math/rand"
	"sync/atomic"

	"github.com/dgraph-io/ristretto"
)

type Night struct {
	Date  string
	Cents [6]int
	Left  int
}

type Season struct {
	Hotel  string
	Nights []Night
	Terms  string
}

func (s *Season) size() int64 { return int64(len(s.Nights))*90 + int64(len(s.Terms)) + 100 }

type Fares struct {
	cache                             *ristretto.Cache
	Made, Found, Evicted, Bytes, Gone atomic.Int64
}

// New keeps fares of max bytes in all.
func New(max int64) (f *Fares, err error) {
	f = &Fares{}
	f.cache, err = ristretto.NewCache(&ristretto.Config{NumCounters: 40000, MaxCost: max, BufferItems: 64, OnEvict: func(_, _ uint64, _ interface{}, cost int64) {
		f.Evicted.Add(1)
		f.Gone.Add(cost)
	}})
	return f, err
}

func (f *Fares) Season(hotel string) *Season {
	if v, ok := f.cache.Get(hotel); ok {
		f.Found.Add(1)
		return v.(*Season)
	}
	f.Made.Add(1)
	s := &Season{Hotel: hotel, Nights: make([]Night, 60+rand.Intn(60)), Terms: fmt.Sprintf("%01500d", rand.Int())}
	for i := range s.Nights {
		s.Nights[i] = Night{Date: fmt.Sprintf("2026-%02d-%02d", i/30+5, i%30+1), Left: rand.Intn(9)}
		for k := range s.Nights[i].Cents {
			s.Nights[i].Cents[k] = 5000 + rand.Intn(30000)
		}
	}
	if f.cache.Set(hotel, s, s.size()) {
		f.Bytes.Add(s.size())
	}
	return s
}

// Shop with two catalogues, of summer and of winter, which share a store of a fixed size.
// BENIGN: as the season changes, the articles of summer leave the store and those of winter take their place.
package main

import (
	"math/rand/v2"
	"sync"
	"time"
)

type article struct {
	number int
	photo  [5000]byte
}

type store struct {
	mu             sync.Mutex
	summer, winter []*article
}

func main() {
	recorder := openRecorder()
	startShop(0.5)
	s := new(store)
	recorder.held = s.len
	for range 2000 {
		s.addSummer()
	}
	span := recorder.span().Seconds()
	start := time.Now()
	steadily(150, func() {
		if rand.Float64() < time.Since(start).Seconds()/span {
			s.addWinter()
		} else {
			s.addSummer()
		}
	})
	recorder.run()
}

func load(number int) *article {
	a := &article{number: number}
	copy(a.photo[:], "JPEG")
	return a
}

func (s *store) addSummer() {
	a := load(rand.Int())
	s.mu.Lock()
	defer s.mu.Unlock()
	s.summer = append(s.summer, a)
	s.trim()
}

func (s *store) addWinter() {
	a := load(rand.Int())
	s.mu.Lock()
	defer s.mu.Unlock()
	s.winter = append(s.winter, a)
	s.trim()
}

// trim takes out articles at random till there are 2000, of one season or the other.
func (s *store) trim() {
	for n := len(s.summer) + len(s.winter); n > 2000; n-- {
		if rand.IntN(n) < len(s.summer) {
			s.summer = takeOne(s.summer)
		} else {
			s.winter = takeOne(s.winter)
		}
	}
}

func takeOne(articles []*article) []*article {
	last := len(articles) - 1
	articles[rand.IntN(len(articles))] = articles[last]
	articles[last] = nil
	return articles[:last]
}
func (s *store) len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.summer) + len(s.winter)
}

// Search service. A search is in memory until its last page has been shown, for three seconds on average.
package main

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

type result struct {
	query string
	found int
	hits  [3 << 10]byte
}

type searches struct {
	mu   sync.Mutex
	open map[*result]bool
}

func main() {
	recorder := openRecorder()
	startShop(1)
	s := &searches{open: make(map[*result]bool)}
	recorder.held = s.len
	steadily(700, func() { s.search(fmt.Sprintf("garden chairs %d", rand.IntN(1000))) })
	recorder.run()
}

func (s *searches) search(query string) {
	r := s.find(query)
	time.AfterFunc(time.Duration(rand.IntN(6000))*time.Millisecond, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open, r)
	})
}

func (s *searches) find(query string) *result {
	r := &result{query: query, found: rand.IntN(8)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[r] = true
	return r
}

func (s *searches) len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

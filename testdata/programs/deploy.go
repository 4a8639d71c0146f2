// Search service. A search is in memory until its last page has been shown, for three seconds on average.
// BENIGN: half-way through a recording, the process is replaced by one of the next release.
package main

import (
	"sync"
	"time"
)

type result struct {
	query string
	hits  [20 << 10]byte
}

type searches struct {
	mu   sync.Mutex
	open map[*result]bool
}

func main() {
	recorder := openRecorder()
	startShop(1)
	s := &searches{open: make(map[*result]bool)}
	steadily(100, func() { go s.search("garden chairs") })
	recorder.run()
}

func (s *searches) search(query string) {
	r := s.find(query)
	pause(3 * time.Second)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, r)
}

func (s *searches) find(query string) *result {
	r := &result{query: query}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[r] = true
	return r
}

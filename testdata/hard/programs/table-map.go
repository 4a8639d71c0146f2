// Feed reader. It notes the numbers of the articles that it has seen, in a map without pointers.
// LEAK: no number is ever forgotten.
package main

import (
	"math/rand/v2"
	"sync"
	"time"
)

type reader struct {
	mu   sync.Mutex
	seen map[uint64]int64
}

func main() {
	recorder := openRecorder()
	startShop(0.5)
	r := &reader{seen: make(map[uint64]int64)}
	recorder.held = r.len
	steadily(40, r.poll)
	recorder.run()
}

// poll reads one feed, of some 150 articles.
func (r *reader) poll() {
	feed := make([]uint64, 100+rand.IntN(100))
	for i := range feed {
		feed[i] = rand.Uint64()
	}
	r.note(feed)
}

func (r *reader) note(feed []uint64) (fresh int) {
	now := time.Now().Unix()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, number := range feed {
		if r.seen[number] == 0 {
			r.seen[number] = now
			fresh++
			kept.Add(1)
		}
	}
	return fresh
}

func (r *reader) len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.seen)
}

// Feed reader. It notes the numbers of the articles that it has seen, in a map without pointers.
// BENIGN: there are two maps, of this generation and of the one before; a generation is eight seconds.
package main

import (
	"math/rand/v2"
	"sync"
	"time"
)

type reader struct {
	mu     sync.Mutex
	seen   map[uint64]int64
	before map[uint64]int64
}

func main() {
	recorder := openRecorder()
	startShop(0.5)
	r := &reader{seen: make(map[uint64]int64)}
	recorder.held = r.len
	steadily(40, r.poll)
	go r.age()
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
		}
	}
	return fresh
}

// age forgets what has not been seen for a generation.
func (r *reader) age() {
	for range time.Tick(8 * time.Second) {
		r.mu.Lock()
		r.before, r.seen = r.seen, make(map[uint64]int64)
		r.mu.Unlock()
	}
}

func (r *reader) len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.seen) + len(r.before)
}

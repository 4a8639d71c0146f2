// Search service. Each search may take an hour at the most, below the context of the server.
// FIXED: the context of a search is cancelled when the search is over.
package main

import (
	"context"
	"math/rand/v2"
	"time"
)

type search struct {
	words string
	found [300]int32
}

type server struct {
	base context.Context // ends with the server
	hits int
}

func main() {
	recorder := openRecorder()
	startShop(1)
	base, stop := context.WithCancel(context.Background())
	defer stop()
	s := &server{base: base}
	steadily(1000, func() { s.handle("red shoes") })
	recorder.run()
}

func (s *server) handle(words string) {
	ctx, cancel := context.WithTimeout(context.WithValue(s.base, wordsKey{}, &search{words: words}), time.Hour)
	defer cancel()
	s.hits += find(ctx)
}

type wordsKey struct{}

func find(ctx context.Context) int {
	q := ctx.Value(wordsKey{}).(*search)
	if ctx.Err() != nil {
		return 0
	}
	q.found[0] = rand.Int32N(100)
	return int(q.found[0])
}

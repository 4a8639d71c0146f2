// Game server that is started again every quarter of a minute. A score is in a map while its game is played, for two seconds on average.
package main

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

type score struct {
	player string
	moves  [1900]byte
}

type board struct {
	mu     sync.Mutex
	scores map[string]*score
}

func main() {
	recorder := openRecorder()
	startShop(0.5)
	b := &board{scores: make(map[string]*score)}
	recorder.held = b.len
	steadily(660, func() { b.play(fmt.Sprintf("player-%d", rand.Uint64())) })
	recorder.run()
}

func (b *board) play(player string) {
	s := b.enter(player)
	s.moves[0] = 'e'
	time.AfterFunc(time.Duration(rand.IntN(4000))*time.Millisecond, func() {
		b.end(player)
	})
}

func (b *board) enter(player string) *score {
	s := &score{player: player}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.scores[player] = s
	return s
}

func (b *board) end(player string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.scores, player)
}

func (b *board) len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.scores)
}

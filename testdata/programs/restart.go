// Game server. A game is in memory while it is played, for three seconds on average.
// BENIGN: the process is ended half-way through a recording and started again.
package main

import (
	"math/rand/v2"
	"sync"
	"time"
)

type game struct {
	board [24 << 10]byte
	moves int
}

type lobby struct {
	mu    sync.Mutex
	games map[uint64]*game
}

func main() {
	recorder := openRecorder()
	startShop(1)
	l := &lobby{games: make(map[uint64]*game)}
	steadily(100, func() { go l.play() })
	recorder.run()
}

func (l *lobby) play() {
	number := rand.Uint64()
	g := l.open(number)
	pause(3 * time.Second)
	g.moves++
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.games, number)
}

func (l *lobby) open(number uint64) *game {
	g := new(game)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.games[number] = g
	return g
}

// Score board. It collects the results of a round of the game in a map, and clears it when the round is over.
// BENIGN: each round fills the same tables anew.
package main

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

type result struct {
	points int
	moves  [120]byte
}

type board struct {
	mu       sync.Mutex
	byPlayer map[string]*result
}

func main() {
	recorder := openRecorder()
	startShop(1)
	b := &board{byPlayer: make(map[string]*result)}
	go b.nextRounds(4 * time.Second)
	steadily(12_000, func() { b.finish(fmt.Sprintf("player-%08d", rand.IntN(100_000_000))) })
	recorder.run()
}

func (b *board) finish(player string) {
	r := &result{points: rand.IntN(1000)}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.byPlayer[player] = r
}

func (b *board) nextRounds(every time.Duration) {
	for range time.Tick(every) {
		b.mu.Lock()
		for player := range b.byPlayer {
			delete(b.byPlayer, player)
		}
		b.mu.Unlock()
	}
}

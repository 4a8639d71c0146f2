// Game server. A game is in memory while it is played, for three seconds on average.
package main

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

type game struct {
	name  string
	moves [3000]byte
}

type lobby struct {
	mu    sync.Mutex
	games sync.Map
	open  int
}

func main() {
	recorder := openRecorder()
	startShop(0.5)
	l := new(lobby)
	recorder.held = l.len
	steadily(420, func() { l.play(fmt.Sprintf("game-%d", rand.Uint64())) })
	recorder.run()
}

func (l *lobby) play(name string) {
	l.start(name)
	time.AfterFunc(time.Duration(rand.IntN(6000))*time.Millisecond, func() { l.end(name) })
}

func (l *lobby) start(name string) *game {
	g := &game{name: name}
	g.moves[0] = 'e'
	l.games.Store(name, g)
	l.count(1)
	return g
}

func (l *lobby) end(name string) {
	if _, ok := l.games.LoadAndDelete(name); ok {
		l.count(-1)
	}
}

func (l *lobby) count(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open += n
}

func (l *lobby) len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.open
}

// Map server. It draws a tile of the map for an address and keeps it, for the next one who asks.
// LEAK: the address holds a number that never comes again, so no tile is asked for twice, and none is dropped.
package main

import (
	"fmt"
	"math/rand/v2"
	"sync"
)

type tileCache struct {
	mu    sync.RWMutex
	drawn map[string][]byte // by address
}

func main() {
	recorder := openRecorder()
	startShop(1)
	c := &tileCache{drawn: make(map[string][]byte)}
	steadily(60, func() {
		c.tile(fmt.Sprintf("/%d/%d.png?nonce=%016x", rand.IntN(18), rand.IntN(100), rand.Uint64()))
	})
	recorder.run()
}

func (c *tileCache) tile(address string) []byte {
	c.mu.RLock()
	png, ok := c.drawn[address]
	c.mu.RUnlock()
	if ok {
		return png
	}
	png = drawTile()
	c.mu.Lock()
	c.drawn[address] = png
	c.mu.Unlock()
	return png
}

func drawTile() []byte {
	png := make([]byte, 8<<10+rand.IntN(24<<10))
	copy(png, "\x89PNG")
	return png
}

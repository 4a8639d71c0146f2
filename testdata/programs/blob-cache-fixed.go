// Map server. It draws a tile of the map for an address and keeps it, for the next one who asks.
// FIXED: there is room for sixteen megabytes of them, and then any other tile has to go.
package main

import (
	"fmt"
	"math/rand/v2"
	"sync"
)

const room = 16 << 20 // bytes

type tileCache struct {
	mu    sync.RWMutex
	drawn map[string][]byte // by address
	bytes int
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
	for other, dropped := range c.drawn { // in no particular order
		if c.bytes+len(png) <= room {
			break
		}
		delete(c.drawn, other)
		c.bytes -= len(dropped)
	}
	c.drawn[address] = png
	c.bytes += len(png)
	c.mu.Unlock()
	return png
}

func drawTile() []byte {
	png := make([]byte, 8<<10+rand.IntN(24<<10))
	copy(png, "\x89PNG")
	return png
}

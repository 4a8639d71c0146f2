// Image store. The pictures that were asked for last are kept in memory.
// BENIGN: there is room for six thousand, and then the one that was not asked for the longest has to go.
package main

import (
	"container/list"
	"math/rand/v2"
	"sync"
)

type picture struct {
	number int
	pixels [3 << 10]byte
}

type pictureCache struct {
	mu       sync.Mutex
	byNumber map[int]*list.Element
	order    *list.List // of *picture, the latest first
}

const cacheSize = 6000

func main() {
	recorder := openRecorder()
	startShop(1)
	c := &pictureCache{byNumber: make(map[int]*list.Element), order: list.New()}
	steadily(1000, func() { c.picture(rand.IntN(1_000_000)) })
	recorder.run()
}

func (c *pictureCache) picture(number int) *picture {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.byNumber[number]; known != nil {
		c.order.MoveToFront(known)
		return known.Value.(*picture)
	}
	if c.order.Len() == cacheSize {
		oldest := c.order.Remove(c.order.Back()).(*picture)
		delete(c.byNumber, oldest.number)
	}
	p := &picture{number: number}
	c.byNumber[number] = c.order.PushFront(p)
	return p
}

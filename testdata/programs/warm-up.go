// Catalogue. Articles are cached when they are first asked for.
// BENIGN: the cache fills up quickly, then ever more slowly, and ends when it knows all articles.
package main

import (
	"math/rand/v2"
	"sync"
)

type article struct {
	number int
	text   [1500]byte
}

type articleCache struct {
	mu       sync.Mutex
	articles map[int]*article
}

const knownArticles = 20_000

func main() {
	recorder := openRecorder()
	startShop(1)
	c := &articleCache{articles: make(map[int]*article)}
	// Nine times as many requests as there are articles: at the end, all but two or three are there.
	steadily(9*knownArticles/recorder.span().Seconds(), func() { c.article(rand.IntN(knownArticles)) })
	recorder.run()
}

func (c *articleCache) article(number int) *article {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.articles[number]
	if a == nil {
		a = &article{number: number}
		c.articles[number] = a
	}
	return a
}

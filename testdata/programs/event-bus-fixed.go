// Auction. Each visitor of an auction gets the bids through a channel of its own.
// FIXED: the channel of a visitor who has left is registered no longer.
package main

import (
	"math/rand/v2"
	"sync"
	"time"
)

type bid struct {
	auction int
	cents   int
	bidder  [48]byte
}

type bus struct {
	mu          sync.Mutex
	next        int
	subscribers map[int]chan bid
}

func main() {
	recorder := openRecorder()
	startShop(1)
	b := &bus{subscribers: make(map[int]chan bid)}
	steadily(60, func() { go b.visit() })
	steadily(5, func() { b.publish(bid{auction: rand.IntN(100), cents: rand.IntN(10_000)}) })
	recorder.run()
}

func (b *bus) subscribe() (int, <-chan bid) {
	bids := make(chan bid, 256)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next++
	b.subscribers[b.next] = bids
	return b.next, bids
}

func (b *bus) unsubscribe(id int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.subscribers, id)
}

func (b *bus) publish(latest bid) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, bids := range b.subscribers {
		select {
		case bids <- latest:
		default: // too slow
		}
	}
}

// visit is somebody who looks on for two seconds.
func (b *bus) visit() {
	id, bids := b.subscribe()
	defer b.unsubscribe(id)
	leave := time.After(2 * time.Second)
	highest := 0
	for {
		select {
		case latest := <-bids:
			if latest.cents > highest {
				highest = latest.cents
			}
			if highest == 10_000-1 { // sold
				return
			}
		case <-leave:
			return
		}
	}
}

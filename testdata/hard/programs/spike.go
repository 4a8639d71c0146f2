// Ticket shop. A buyer has a page and waits for the payment.
// BENIGN: three hundred buyers come at once, half-way through, and are gone after five seconds.
package main

import (
	"math/rand/v2"
	"sync"
	"time"
)

type buyer struct {
	number int
	page   [48 << 10]byte
}

type office struct {
	mu     sync.Mutex
	buyers map[int]*buyer
}

func main() {
	recorder := openRecorder()
	startShop(0.5)
	o := &office{buyers: make(map[int]*buyer)}
	recorder.held = o.len
	steadily(15, func() { go o.serve(rand.Int(), time.Duration(rand.IntN(2000))*time.Millisecond) })
	time.AfterFunc(recorder.until(9)-time.Second, func() {
		for range 300 {
			go o.serve(rand.Int(), 5*time.Second)
		}
	})
	recorder.run()
}

func (o *office) serve(number int, takes time.Duration) {
	b := o.enter(number)
	time.Sleep(takes)
	b.page[0] = 'p'
	o.leave(number)
}

func (o *office) enter(number int) *buyer {
	b := &buyer{number: number}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.buyers[number] = b
	return b
}

func (o *office) leave(number int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.buyers, number)
}

func (o *office) len() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.buyers)
}

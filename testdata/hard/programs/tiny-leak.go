// Door service. A badge is looked at, logged and forgotten.
// LEAK: some twenty badges a second that are not known stay in a map, two hundred bytes each: less than can be seen in a minute.
package main

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

type entry struct {
	badge string
	when  time.Time
	photo [150]byte
}

type door struct {
	mu      sync.Mutex
	unknown map[string]*entry
}

func main() {
	recorder := openRecorder()
	startShop(0.7)
	d := &door{unknown: make(map[string]*entry)}
	recorder.held = d.len
	steadily(200, func() { d.serve(fmt.Sprintf("badge-%d", rand.Uint32())) })
	recorder.run()
}

func (d *door) serve(badge string) {
	e := newEntry(badge)
	if rand.IntN(10) == 0 {
		d.remember(e)
		return
	}
	time.AfterFunc(time.Second, func() { e.photo[0] = 1 })
}

func newEntry(badge string) *entry {
	return &entry{badge: badge, when: time.Now()}
}

func (d *door) remember(e *entry) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.unknown[e.badge] = e
	kept.Add(1)
}

func (d *door) len() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.unknown)
}

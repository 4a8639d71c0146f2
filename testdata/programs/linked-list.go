// Text editor on a server. Every edit of a document remembers the one before it, for undo.
// LEAK: the chain of edits has no end, though undo goes back twenty steps at most.
package main

import (
	"math/rand/v2"
	"sync"
)

type edit struct {
	offset  int
	removed [300]byte
	before  *edit
}

type document struct {
	mu   sync.Mutex
	last *edit
}

func main() {
	recorder := openRecorder()
	startShop(1)
	documents := make([]document, 50)
	steadily(3000, func() { documents[rand.IntN(len(documents))].change(rand.IntN(10_000)) })
	steadily(20, func() { documents[rand.IntN(len(documents))].undo(20) })
	recorder.run()
}

func (d *document) change(offset int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last = &edit{offset: offset, before: d.last}
}

func (d *document) undo(steps int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for ; steps > 0 && d.last != nil; steps-- {
		d.last = d.last.before
	}
}

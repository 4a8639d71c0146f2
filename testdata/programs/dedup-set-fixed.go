// Webhook receiver. The same message may come twice, so it remembers which ones it has had.
// FIXED: it remembers the latest ones, and those before them, in two sets that take turns.
package main

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"sync"
)

type delivery struct {
	account int
	digest  [sha256.Size]byte
}

// remembered is how many messages a set may hold before the other one takes its turn.
const remembered = 30_000

type inbox struct {
	mu       sync.Mutex
	latest   map[delivery]struct{}
	before   map[delivery]struct{}
	repeated int
}

func main() {
	recorder := openRecorder()
	startShop(1)
	in := &inbox{latest: make(map[delivery]struct{}), before: make(map[delivery]struct{})}
	var message [64]byte
	steadily(10_000, func() {
		binary.BigEndian.PutUint64(message[:], rand.Uint64())
		in.receive(rand.IntN(500), message[:])
	})
	recorder.run()
}

// receive tells whether the message is new.
func (in *inbox) receive(account int, message []byte) bool {
	d := delivery{account: account, digest: sha256.Sum256(message)}
	in.mu.Lock()
	defer in.mu.Unlock()
	_, lately := in.latest[d]
	_, earlier := in.before[d]
	if lately || earlier {
		in.repeated++
		return false
	}
	if len(in.latest) == remembered {
		in.latest, in.before = in.before, in.latest
		clear(in.latest)
	}
	in.latest[d] = struct{}{}
	return true
}

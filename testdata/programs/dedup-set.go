// Webhook receiver. The same message may come twice, so it remembers which ones it has had.
// LEAK: it remembers them for ever, though a message is repeated within a minute or never.
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

type inbox struct {
	mu       sync.Mutex
	seen     map[delivery]struct{}
	repeated int
}

func main() {
	recorder := openRecorder()
	startShop(1)
	in := &inbox{seen: make(map[delivery]struct{})}
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
	if _, ok := in.seen[d]; ok {
		in.repeated++
		return false
	}
	in.seen[d] = struct{}{}
	return true
}

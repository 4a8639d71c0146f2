// Package keyring has the key that is used now, and tells whom it concerns when there is a new one.
package keyring

import (
	"crypto/rand"
	"sync"
	"time"
)

type Key [32]byte

type Ring struct {
	mu    sync.Mutex
	cur   Key
	hooks []func(Key)
}

func New(every time.Duration) *Ring {
	r := new(Ring)
	rand.Read(r.cur[:])
	go func() {
		for range time.Tick(every) {
			r.rotate()
		}
	}()
	return r
}

// OnRotate has f called with each new key, and right away with the one that is used now.
func (r *Ring) OnRotate(f func(Key)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(r.cur)
	r.hooks = append(r.hooks, f)
}

func (r *Ring) Hooks() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.hooks)
}

func (r *Ring) rotate() {
	r.mu.Lock()
	defer r.mu.Unlock()
	rand.Read(r.cur[:])
	for _, f := range r.hooks {
		f(r.cur)
	}
}

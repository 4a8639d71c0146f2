// Accounting. Invoices and customers are kept in registries of one generic type.
// LEAK: a registry keeps all versions of what is put into it, and is never asked for an old one.
package main

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

type version[V any] struct {
	since time.Time
	value V
}

type registry[K comparable, V any] struct {
	mu       sync.Mutex
	versions map[K][]*version[V]
}

type invoice struct {
	cents int
	text  [600]byte
}

type customer struct {
	name    string
	address [300]byte
}

func newRegistry[K comparable, V any]() *registry[K, V] {
	return &registry[K, V]{versions: make(map[K][]*version[V])}
}

func (r *registry[K, V]) put(key K, value V) {
	v := &version[V]{since: time.Now(), value: value}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.versions[key] = append(r.versions[key], v)
}

func main() {
	recorder := openRecorder()
	startShop(1)
	invoices := newRegistry[int, invoice]()
	customers := newRegistry[string, customer]()
	steadily(1000, func() { invoices.put(rand.IntN(500), invoice{cents: rand.IntN(10_000)}) })
	steadily(1000, func() {
		name := fmt.Sprintf("customer-%d", rand.IntN(500))
		customers.put(name, customer{name: name})
	})
	recorder.run()
}

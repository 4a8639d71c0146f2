package pubsub

import "sync"

type Subscription[T any] struct{ C chan T }

type Broker[T any] struct {
	mu   sync.Mutex
	subs []*Subscription[T]
}

func New[T any]() *Broker[T] { return &Broker[T]{} }

func (b *Broker[T]) Subscribe(buffer int) *Subscription[T] {
	s := &Subscription[T]{C: make(chan T, buffer)}
	b.mu.Lock()
	b.subs = append(b.subs, s)
	b.mu.Unlock()
	return s
}

func (b *Broker[T]) Publish(v T) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.subs {
		select {
		case s.C <- v:
		default: // slow
		}
	}
}

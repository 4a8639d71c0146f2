package bus

import "sync"

type registry struct {
	mu    sync.Mutex
	funcs map[string][]func(int)
}

type Bus struct{ registry }

func New() *Bus { return &Bus{registry{funcs: make(map[string][]func(int))}} }

// On calls f at each event of a topic.
func (r *registry) On(topic string, f func(int)) {
	r.mu.Lock()
	r.funcs[topic] = append(r.funcs[topic], f)
	r.mu.Unlock()
}

func (b *Bus) Emit(topic string, v int) {
	b.mu.Lock()
	last := len(b.funcs[topic]) - 1
	b.mu.Unlock()
	if last >= 0 {
		b.funcs[topic][last](v)
	}
}

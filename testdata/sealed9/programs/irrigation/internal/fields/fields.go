// Package fields is the map of the land.
package fields

import (
	"fmt"
	"math/rand"
	"sync"
)

type Field struct {
	Name     string
	Hectares float64

	mu   sync.Mutex
	soil []float64 // moisture of each plot
}

type Land struct{ by map[string]*Field }

func Survey(n int) *Land {
	l := &Land{by: make(map[string]*Field, n)}
	for i := range n {
		f := &Field{Name: fmt.Sprintf("f%d", i), Hectares: 1 + 20*rand.Float64(), soil: make([]float64, 64)}
		for k := range f.soil {
			f.soil[k] = 0.1 + 0.3*rand.Float64()
		}
		l.by[f.Name] = f
	}
	return l
}

func (l *Land) Find(name string) (*Field, error) {
	f, ok := l.by[name]
	if !ok {
		return nil, fmt.Errorf("no field %q", name)
	}
	return f, nil
}

// Moisture is a copy of what the probes say.
func (f *Field) Moisture() []float64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]float64, len(f.soil))
	for i, x := range f.soil {
		f.soil[i] = x * 0.9995
		out[i] = x
	}
	return out
}

func (f *Field) Water(plot int, millimetres float64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := &f.soil[plot%len(f.soil)]
	*p = min(0.9, *p+millimetres/200)
}

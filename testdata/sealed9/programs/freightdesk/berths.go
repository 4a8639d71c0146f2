package main

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

type arrival struct {
	Declared time.Time
	Boxes    int
	Tons     int
}

// berths knows which voyages have been declared.
type berths struct {
	mu       sync.Mutex
	declared map[string]arrival // by voyage
	latest   [64]string
	n        int
}

func newBerths() *berths { return &berths{declared: make(map[string]arrival)} }

// expect notes a voyage, and answers whether it had been noted before.
func (b *berths) expect(m *manifest) (before bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, before = b.declared[m.voyage]; before {
		return true
	}
	b.declared[m.voyage] = arrival{Declared: time.Now(), Boxes: len(m.boxes), Tons: m.weight() / 1000}
	b.latest[b.n%len(b.latest)] = fmt.Sprintf("%-20s %s", m.ship, m.voyage)
	b.n++
	return false
}

func (b *berths) find(voyage string) (arrival, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	a, ok := b.declared[voyage]
	return a, ok
}

func (b *berths) board(n int) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var s strings.Builder
	for i := b.n - 1; i >= 0 && i >= b.n-n; i-- {
		fmt.Fprintln(&s, b.latest[i%len(b.latest)])
	}
	return s.String()
}

// yard has places for boxes; a box goes to the place that its number says, and what was there has been taken away.
type yard struct {
	mu     sync.Mutex
	places []*stack
}

type stack struct {
	Box    box
	Since  time.Time
	Label  []byte
	Checks [12]float64
}

func newYard(n int) *yard { return &yard{places: make([]*stack, n)} }

func (y *yard) place(b box) bool {
	h := 0
	for _, c := range b.Number {
		h = h*31 + int(c)
	}
	if h < 0 {
		h = -h
	}
	if b.Kilos > 8800 {
		return false
	}
	s := &stack{Box: b, Since: time.Now(), Label: fmt.Appendf(make([]byte, 0, 160), "%s %d kg reefer=%t", b.Number, b.Kilos, b.Reefer)}
	for i := range s.Checks {
		s.Checks[i] = float64(b.Kilos) / float64(i+1)
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	y.places[h%len(y.places)] = s
	return true
}

func (y *yard) row(n int) []box {
	y.mu.Lock()
	defer y.mu.Unlock()
	out := make([]box, 0, 40)
	for i := range 40 {
		if k := 40*n + i; k >= 0 && k < len(y.places) && y.places[k] != nil {
			out = append(out, y.places[k].Box)
		}
	}
	return out
}

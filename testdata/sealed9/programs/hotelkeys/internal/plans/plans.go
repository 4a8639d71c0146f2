// Package plans draws the ways through the house.
package plans

import (
	"bytes"
	"container/list"
	"fmt"
	"hash/fnv"
	"math/rand"
	"sync"
)

type Plan struct {
	From, To string
	SVG      []byte
}

type Rack struct {
	mu     sync.Mutex
	slots  int
	recent *list.List
	at     map[[2]string]*list.Element
}

func NewRack(slots int) *Rack {
	return &Rack{slots: slots, recent: list.New(), at: make(map[[2]string]*list.Element)}
}

func (r *Rack) Way(from, to string) *Plan {
	k := [2]string{from, to}
	r.mu.Lock()
	defer r.mu.Unlock()
	if e, ok := r.at[k]; ok {
		r.recent.MoveToFront(e)
		return e.Value.(*Plan)
	}
	p := draw(from, to)
	r.at[k] = r.recent.PushFront(p)
	if r.recent.Len() > r.slots {
		old := r.recent.Remove(r.recent.Back()).(*Plan)
		delete(r.at, [2]string{old.From, old.To})
	}
	return p
}

func draw(from, to string) *Plan {
	h := fnv.New64a()
	h.Write([]byte(from + ">" + to))
	rnd := rand.New(rand.NewSource(int64(h.Sum64())))
	var b bytes.Buffer
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 600">`)
	for i := range 70 {
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%d" height="%d" fill="#%06x" data-door="%d"/>`,
			rnd.Intn(900), rnd.Intn(600), 8+rnd.Intn(60), 8+rnd.Intn(40), rnd.Intn(1<<24), i)
	}
	fmt.Fprintf(&b, `<text>from %.12q to %.12q</text></svg>`, from, to)
	return &Plan{From: from, To: to, SVG: bytes.Clone(b.Bytes())}
}

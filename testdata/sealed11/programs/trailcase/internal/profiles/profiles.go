// Package profiles draws the profile of a way. Those that were asked for lately are kept (karlseguin/ccache),
// up to so many bytes.
package profiles

import (
	"fmt"
	"math"
	"sync/atomic"
	"time"

	"github.com/karlseguin/ccache/v2"

	"trail.example/trailcase/internal/terrain"
)

// A Way is from one place to another.
type Way struct{ X0, Y0, X1, Y1 int }

func (w Way) Key() string { return fmt.Sprintf("%d.%d-%d.%d", w.X0, w.Y0, w.X1, w.Y1) }

type Profile struct {
	Up, Down float64
	SVG      []byte
	steps    []float32
}

// Size implements ccache.Sized.
func (p *Profile) Size() int64 { return int64(cap(p.SVG) + 4*cap(p.steps) + 250) }

type Profiles struct {
	land  *terrain.Land
	cache *ccache.Cache
	keep  time.Duration

	bytes              atomic.Int64
	pruned, hit, asked atomic.Int64
}

func New(l *terrain.Land, room int64) *Profiles {
	p := &Profiles{land: l, keep: 6 * time.Hour}
	p.cache = ccache.New(ccache.Configure().MaxSize(room).ItemsToPrune(40).GetsPerPromote(2).OnDelete(func(i *ccache.Item) {
		p.pruned.Add(1)
		p.bytes.Add(-i.Value().(*Profile).Size())
	}))
	return p
}

// Of gives the profile of a way.
func (p *Profiles) Of(w Way) (*Profile, error) {
	p.asked.Add(1)
	fresh := false
	it, err := p.cache.Fetch(w.Key(), p.keep, func() (any, error) {
		fresh = true
		return p.survey(w)
	})
	if err != nil {
		return nil, err
	}
	x := it.Value().(*Profile)
	if fresh {
		p.bytes.Add(x.Size())
	} else {
		p.hit.Add(1)
	}
	return x, nil
}

// survey walks a way, and draws it.
func (p *Profiles) survey(w Way) (*Profile, error) {
	long := math.Hypot(float64(w.X1-w.X0), float64(w.Y1-w.Y0))
	if long < 1 {
		return nil, fmt.Errorf("%s is no way", w.Key())
	}
	n := 160 + int(long)%160
	x := &Profile{steps: make([]float32, n), SVG: make([]byte, 0, 10*n+256)}
	x.SVG = fmt.Appendf(x.SVG, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d 200"><title>%s</title><path d="M0,200`, n, w.Key())
	last := 0.0
	for i := range n {
		t := float64(i) / float64(n-1)
		h := p.land.At(float64(w.X0)+t*float64(w.X1-w.X0), float64(w.Y0)+t*float64(w.Y1-w.Y0))
		if d := h - last; i > 0 && d > 0 {
			x.Up += d
		} else if i > 0 {
			x.Down -= d
		}
		last = h
		x.steps[i] = float32(h)
		x.SVG = fmt.Appendf(x.SVG, "L%d,%d", i, 200-int(h/10))
	}
	x.SVG = append(x.SVG, `"/></svg>`...)
	return x, nil
}

// Steepest says where a way is steepest.
func (x *Profile) Steepest() (at int, rise float64) {
	for i := 1; i < len(x.steps); i++ {
		if d := math.Abs(float64(x.steps[i] - x.steps[i-1])); d > rise {
			at, rise = i, d
		}
	}
	return at, rise
}

func (p *Profiles) Bytes() int64 { return p.bytes.Load() }

func (p *Profiles) Counts() (n int, pruned, hit, asked int64) {
	return p.cache.ItemCount(), p.pruned.Load(), p.hit.Load(), p.asked.Load()
}

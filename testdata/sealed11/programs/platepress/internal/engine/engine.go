// Package engine draws plates. An engine is dear to make, so that engines are pooled (jackc/puddle); the pool
// makes one when none is idle, up to its limit, and keeps them.
package engine

import (
	"bytes"
	"context"
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand"
	"time"

	"github.com/jackc/puddle"
)

const width, height = 420, 300

type glyph struct {
	wide int
	bits [24]uint32
}

// An Engine is used by one job at a time.
type Engine struct {
	canvas *image.Gray
	relief []float32
	font   map[rune]*glyph
	out    bytes.Buffer
	enc    png.Encoder
}

// Build makes an engine with its font and its canvas.
func Build() *Engine {
	e := &Engine{canvas: image.NewGray(image.Rect(0, 0, width, height)), relief: make([]float32, width*height/8), font: make(map[rune]*glyph)}
	e.enc.CompressionLevel = png.BestSpeed
	for c := rune('!'); c <= 'z'; c++ {
		g := &glyph{wide: 12 + int(c)%7}
		h := fnv.New32a()
		for i := range g.bits {
			h.Write([]byte{byte(c), byte(i / 3)})
			g.bits[i] = h.Sum32()
		}
		e.font[c] = g
	}
	return e
}

func (e *Engine) wipe() {
	for i := range e.canvas.Pix {
		e.canvas.Pix[i] = 240
	}
	for i := range e.relief {
		e.relief[i] = float32(math.Sin(float64(i) / 90))
	}
}

// Engrave draws a text, and gives a copy of the picture. The head takes its time.
func (e *Engine) Engrave(ctx context.Context, text string, slow time.Duration) ([]byte, error) {
	e.wipe()
	x, y := 16, 30
	for _, c := range text {
		g := e.font[c]
		if g == nil {
			x += 12
			continue
		}
		if x+g.wide > width-16 {
			if x, y = 16, y+36; y+30 > height {
				break
			}
		}
		for dy, row := range g.bits {
			for dx := range g.wide {
				if row>>dx&1 != 0 {
					e.canvas.SetGray(x+dx, y+dy, color.Gray{uint8(40 + 10*e.relief[(x+dx+dy*width)%len(e.relief)])})
				}
			}
		}
		x += g.wide + 3
	}
	head := time.NewTimer(slow/2 + time.Duration(rand.Int63n(int64(slow))))
	defer head.Stop()
	select {
	case <-head.C:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	e.out.Reset()
	if err := e.enc.Encode(&e.out, e.canvas); err != nil {
		return nil, err
	}
	return bytes.Clone(e.out.Bytes()), nil
}

type Pool struct{ *puddle.Pool }

func NewPool(limit int32) *Pool {
	return &Pool{puddle.NewPool(
		func(context.Context) (any, error) { return Build(), nil },
		func(any) {},
		limit)}
}

// With runs a job on an engine.
func (p *Pool) With(ctx context.Context, job func(*Engine) error) error {
	r, err := p.Acquire(ctx)
	if err != nil {
		return err
	}
	defer r.Release()
	return job(r.Value().(*Engine))
}

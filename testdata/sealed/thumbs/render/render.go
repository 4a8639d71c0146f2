// Package render makes thumbnails.
package render

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

var ErrSlow = errors.New("rendering took too long")

type Image struct {
	W, H int
	Pix  []byte
}

type Renderer struct {
	Limit   time.Duration
	Late    int64 // renderings that nobody waited for
	pattern [256]byte
}

func New(limit time.Duration) *Renderer {
	r := &Renderer{Limit: limit}
	for i := range r.pattern {
		r.pattern[i] = byte(i * 7)
	}
	return r
}

// Thumb renders an image, or gives up.
func (r *Renderer) Thumb(ctx context.Context, w, h int, cost time.Duration) (*Image, error) {
	ctx, cancel := context.WithTimeout(ctx, r.Limit)
	defer cancel()
	done := make(chan *Image)
	go func() {
		img := r.paint(w, h, cost)
		if ctx.Err() != nil {
			atomic.AddInt64(&r.Late, 1)
		}
		done <- img
	}()
	select {
	case img := <-done:
		return img, nil
	case <-ctx.Done():
		return nil, ErrSlow
	}
}

func (r *Renderer) paint(w, h int, cost time.Duration) *Image {
	img := &Image{W: w, H: h, Pix: make([]byte, w*h*4)}
	for y := 0; y < len(img.Pix); y += len(r.pattern) {
		copy(img.Pix[y:], r.pattern[:])
	}
	time.Sleep(cost) // the graphics card works
	return img
}

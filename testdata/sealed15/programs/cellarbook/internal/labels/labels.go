// Package labels draws the labels of bottles, and keeps them for a while.
package labels

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
	"time"

	"github.com/disintegration/imaging"
	cache "github.com/patrickmn/go-cache"
)

type Press struct{ done *cache.Cache }

// NewPress keeps a label for as long as keep says.
func NewPress(keep time.Duration) *Press {
	return &Press{cache.New(keep, keep/4)}
}

// Label of a wine, as PNG.
func (p *Press) Label(id int, name string, width int) ([]byte, error) {
	key := fmt.Sprintf("%d/%d", id, width)
	if b, ok := p.done.Get(key); ok {
		return b.([]byte), nil
	}
	h := fnv.New32a()
	h.Write([]byte(name))
	s := h.Sum32()
	im := image.NewNRGBA(image.Rect(0, 0, 120, 150))
	for y := 0; y < 150; y++ {
		for x := 0; x < 120; x++ {
			s = s*1664525 + 1013904223
			im.SetNRGBA(x, y, color.NRGBA{uint8(x + int(s>>29)), uint8(y), uint8(id + int(s>>30)), 255})
		}
	}
	out := imaging.Resize(imaging.Blur(im, 1.2), width, 0, imaging.Box)
	var b bytes.Buffer
	if err := png.Encode(&b, out); err != nil {
		return nil, err
	}
	p.done.SetDefault(key, b.Bytes())
	return b.Bytes(), nil
}

func (p *Press) Len() int { return p.done.ItemCount() }

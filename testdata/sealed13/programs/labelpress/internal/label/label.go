// Package label draws labels.
package label

import (
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
	"io"
	"sync"
)

// Label is what is printed.
type Label struct {
	Order   string   `json:"order"`
	Media   string   `json:"media"`
	Address []string `json:"address"`
	Code    string   `json:"code"`
}

// Size of a label in dots.
const (
	Width  = 400
	Height = 240
)

var canvases = sync.Pool{New: func() any {
	return image.NewPaletted(image.Rect(0, 0, Width, Height), color.Palette{color.White, color.Black})
}}

type buffers struct{ p sync.Pool }

func (b *buffers) Get() *png.EncoderBuffer {
	e, _ := b.p.Get().(*png.EncoderBuffer)
	return e
}
func (b *buffers) Put(e *png.EncoderBuffer) { b.p.Put(e) }

var encoder = png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: &buffers{}}

// Draw writes the label as a picture.
func Draw(w io.Writer, l *Label) error {
	c := canvases.Get().(*image.Paletted)
	defer canvases.Put(c)
	clear(c.Pix)
	bars(c, l.Code, 150, 70)
	for i, a := range l.Address {
		text(c, a, 12, 12+i*22)
	}
	return encoder.Encode(w, c)
}

func bars(c *image.Paletted, code string, top, height int) {
	h := fnv.New64a()
	io.WriteString(h, code)
	for x, b := 20, h.Sum64(); x < Width-20; x += 3 {
		if b = b*6364136223846793005 + 1442695040888963407; b>>63 == 1 {
			for y := top; y < top+height; y++ {
				c.Pix[y*c.Stride+x], c.Pix[y*c.Stride+x+1] = 1, 1
			}
		}
	}
}

func text(c *image.Paletted, s string, left, top int) {
	for i, r := range s {
		for k := range 35 {
			if uint64(r)*2654435761>>uint(k)&1 == 1 {
				if x, y := left+i*8+k%5, top+k/5*2; x < Width && y < Height {
					c.Pix[y*c.Stride+x] = 1
				}
			}
		}
	}
}

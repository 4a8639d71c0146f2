// Package covers draws covers, and has those at hand that were looked at last.
package covers

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"sync"

	"github.com/golang/groupcache/lru"

	"shelf.example/bookcovers/stacks"
)

type Cover struct {
	Book stacks.Book
	PNG  []byte
}

type Gallery struct {
	lib *stacks.Library

	mu     sync.Mutex
	recent *lru.Cache
	thrown int
}

func NewGallery(lib *stacks.Library, n int) *Gallery {
	g := &Gallery{lib: lib, recent: lru.New(n)}
	g.recent.OnEvicted = func(lru.Key, interface{}) { g.thrown++ }
	return g
}

func (g *Gallery) Stats() (held, thrown int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.recent.Len(), g.thrown
}

func (g *Gallery) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, ok := g.lib.Find(r.PathValue("isbn"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	c, err := g.cover(b)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Content-Length", fmt.Sprint(len(c.PNG)))
	w.Write(c.PNG)
}

func (g *Gallery) cover(b stacks.Book) (*Cover, error) {
	g.mu.Lock()
	v, ok := g.recent.Get(b.ISBN)
	g.mu.Unlock()
	if ok {
		return v.(*Cover), nil
	}
	c, err := draw(b)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	g.recent.Add(b.ISBN, c)
	g.mu.Unlock()
	return c, nil
}

var palette = func() color.Palette {
	p := make(color.Palette, 16)
	for i := range p {
		p[i] = color.RGBA{uint8(i * 16), uint8(255 - i*9), uint8(i * i), 255}
	}
	return p
}()

var encoder = png.Encoder{CompressionLevel: png.NoCompression, BufferPool: new(pool)}

type pool struct{ p sync.Pool }

func (p *pool) Get() *png.EncoderBuffer {
	b, _ := p.p.Get().(*png.EncoderBuffer)
	return b
}
func (p *pool) Put(b *png.EncoderBuffer) { p.p.Put(b) }

var scratch = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// draw makes a cover of stripes out of a book's number and title.
func draw(b stacks.Book) (*Cover, error) {
	img := image.NewPaletted(image.Rect(0, 0, 72, 104), palette)
	for y := 0; y < 104; y++ {
		t := b.Title[y%len(b.Title)]
		for x := 0; x < 72; x++ {
			img.Pix[y*72+x] = uint8((int(t) + x/6*b.ISBN/7) & 15)
		}
	}
	buf := scratch.Get().(*bytes.Buffer)
	defer scratch.Put(buf)
	buf.Reset()
	if err := encoder.Encode(buf, img); err != nil {
		return nil, err
	}
	return &Cover{Book: b, PNG: bytes.Clone(buf.Bytes())}, nil
}

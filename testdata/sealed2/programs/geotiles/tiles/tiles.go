// Package tiles draws tiles of a map and keeps the last ones.
package tiles

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/golang/groupcache/lru"
)

type Server struct {
	mu    sync.Mutex
	cache *lru.Cache
	bytes int64
	limit int64

	Hits, Misses, Evicted atomic.Int64
}

// New has room for limit bytes of tiles.
func New(limit int64) *Server {
	s := &Server{cache: lru.New(0), limit: limit}
	s.cache.OnEvicted = func(k lru.Key, v any) {
		s.bytes -= int64(len(v.([]byte)))
		s.Evicted.Add(1)
	}
	return s
}

// Size is the number of tiles kept, and of their bytes.
func (s *Server) Size() (int64, int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int64(s.cache.Len()), s.bytes
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x, _ := strconv.Atoi(r.FormValue("x"))
	y, _ := strconv.Atoi(r.FormValue("y"))
	key := [2]int{x, y}
	s.mu.Lock()
	v, ok := s.cache.Get(key)
	s.mu.Unlock()
	if ok {
		s.Hits.Add(1)
		w.Write(v.([]byte))
		return
	}
	s.Misses.Add(1)
	tile := draw(x, y)
	s.mu.Lock()
	if _, ok := s.cache.Get(key); !ok {
		s.cache.Add(key, tile)
		for s.bytes += int64(len(tile)); s.bytes > s.limit; {
			s.cache.RemoveOldest()
		}
	}
	s.mu.Unlock()
	w.Write(tile)
}

func draw(x, y int) []byte {
	img := image.NewPaletted(image.Rect(0, 0, 128, 128), color.Palette{color.White, color.Black, color.RGBA{200, 0, 0, 255}, color.RGBA{0, 120, 0, 255}})
	h := uint32(x*73856093 ^ y*19349663)
	for i := range img.Pix {
		h = h*1664525 + 1013904223
		img.Pix[i] = uint8(h>>28) & 3
	}
	var b bytes.Buffer
	(&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, img)
	fmt.Fprintf(&b, "%d/%d", x, y)
	return append([]byte(nil), b.Bytes()...)
}

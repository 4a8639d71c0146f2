// Package tiles keeps pictures in files, and some of them in memory.
package tiles

import (
	"fmt"
	"math/rand"
	"sync/atomic"

	"github.com/peterbourgon/diskv"
)

// Store has the pictures.
type Store struct {
	d      *diskv.Diskv
	served atomic.Int64
}

// Open opens a folder; at most memory bytes of it are kept in memory.
func Open(dir string, memory uint64) *Store {
	return &Store{d: diskv.New(diskv.Options{
		BasePath:     dir,
		Transform:    func(key string) []string { return []string{key[:2]} },
		CacheSizeMax: memory,
	})}
}

func name(x, y int) string { return fmt.Sprintf("%02d-%02d.png", x, y) }

// Draw draws n pictures into files.
func (s *Store) Draw(n int) error {
	r := rand.New(rand.NewSource(8))
	for i := range n {
		b := make([]byte, 9000+r.Intn(30000))
		r.Read(b)
		if err := s.d.Write(name(i/40, i%40), b); err != nil {
			return err
		}
	}
	return nil
}

// Tile gives a picture.
func (s *Store) Tile(x, y int) ([]byte, error) {
	s.served.Add(1)
	return s.d.Read(name(x, y))
}

// Served is the number of pictures that were asked for.
func (s *Store) Served() int64 { return s.served.Load() }

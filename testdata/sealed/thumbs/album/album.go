// Package album counts what the users put into their albums.
package album

import (
	"errors"
	"sync"
	"sync/atomic"
)

var ErrFull = errors.New("album is full")

type Album struct {
	mu    sync.Mutex
	used  int
	names []string
}

type Albums struct {
	mu      sync.Mutex
	albums  map[string]*Album
	quota   int
	Waiting int64
}

func New(quota int) *Albums { return &Albums{albums: map[string]*Album{}, quota: quota} }

func (a *Albums) get(id string) *Album {
	a.mu.Lock()
	defer a.mu.Unlock()
	al := a.albums[id]
	if al == nil {
		al = new(Album)
		a.albums[id] = al
	}
	return al
}

// Add puts an image into an album, which holds its last 20 names.
func (a *Albums) Add(id, name string, size int) error {
	al := a.get(id)
	atomic.AddInt64(&a.Waiting, 1)
	al.mu.Lock()
	atomic.AddInt64(&a.Waiting, -1)
	if size > a.quota {
		return ErrFull
	}
	al.used += size
	al.names = append(al.names, name)
	if len(al.names) > 20 {
		al.names = append([]string(nil), al.names[1:]...)
	}
	al.mu.Unlock()
	return nil
}

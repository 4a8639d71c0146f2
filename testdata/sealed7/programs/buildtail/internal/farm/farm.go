// Package farm runs builds and writes their logs to files.
package farm

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"sync"
	"time"
)

var ErrNoBuild = errors.New("farm: no such build")

// Build is one run.
type Build struct {
	ID      int
	Log     string
	Started time.Time
	done    chan struct{}
}

// Done is closed when the build has ended.
func (b *Build) Done() <-chan struct{} { return b.done }

// Farm has so many builds at a time.
type Farm struct {
	dir string

	mu     sync.Mutex
	builds map[int]*Build
	next   int
}

func New(dir string) *Farm { return &Farm{dir: dir, builds: map[int]*Build{}} }

// Get finds a build by a number that counts back from the newest.
func (f *Farm) Get(back int) (*Build, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b := f.builds[f.next-1-back]
	if b == nil {
		return nil, ErrNoBuild
	}
	return b, nil
}

func (f *Farm) start() *Build {
	f.mu.Lock()
	defer f.mu.Unlock()
	b := &Build{ID: f.next, Log: filepath.Join(f.dir, fmt.Sprintf("build-%05d.log", f.next)), Started: time.Now(), done: make(chan struct{})}
	f.builds[f.next] = b
	f.next++
	delete(f.builds, f.next-60)
	return b
}

func (f *Farm) run(ctx context.Context, b *Build) {
	defer close(b.done)
	w, err := os.Create(b.Log)
	if err != nil {
		return
	}
	defer w.Close()
	for i, n := 0, 40+rand.Intn(200); i < n && ctx.Err() == nil; i++ {
		fmt.Fprintf(w, "%s [%4d/%d] CC src/module_%d/part_%d.c -> obj/%016x.o (%d ms)\n", time.Now().Format(time.TimeOnly), i, n, rand.Intn(50), i, rand.Uint64(), rand.Intn(4000))
		time.Sleep(time.Duration(50+rand.Intn(250)) * time.Millisecond)
	}
}

// Work runs builds one after the other until ctx ends.
func (f *Farm) Work(ctx context.Context) {
	for ctx.Err() == nil {
		f.run(ctx, f.start())
	}
}

// Package pages takes a file apart and looks at its pages, two at a time.
package pages

import (
	"context"
	"errors"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"
)

// Open is the number of files that are being read.
var Open atomic.Int64

// ErrNotText is the error of a page that is not text.
var ErrNotText = errors.New("page is not text")

const readers = 2

// Read gives the parcels that a file names.
func Read(file string) ([]string, error) {
	Open.Add(1)
	defer Open.Add(-1)
	g, ctx := errgroup.WithContext(context.Background())
	todo := make(chan string)
	g.Go(func() error { return split(ctx, file, todo) })
	var mu sync.Mutex
	found := map[string]bool{}
	for range readers {
		g.Go(func() error {
			for page := range todo {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				names, err := look(page)
				if err != nil {
					return err
				}
				mu.Lock()
				for _, n := range names {
					found[n] = true
				}
				mu.Unlock()
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var all []string
	for n := range found {
		all = append(all, n)
	}
	sort.Strings(all)
	return all, nil
}

// split sends the pages of a file.
func split(ctx context.Context, file string, todo chan<- string) error {
	defer close(todo)
	for page := range strings.SplitSeq(file, "\f") {
		select {
		case todo <- strings.TrimSpace(page):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func look(page string) (names []string, err error) {
	if !utf8.ValidString(page) {
		return nil, ErrNotText
	}
	words := strings.Fields(page)
	for i, w := range words {
		if w == "parcel" && i+1 < len(words) {
			names = append(names, strings.Clone(words[i+1]))
		}
	}
	return names, nil
}

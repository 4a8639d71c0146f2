// Package stream follows the log of a build for a browser.
package stream

import (
	"context"
	"io"

	"github.com/nxadm/tail"

	"ci.example/buildtail/internal/farm"
)

// longest line that a compiler is let print
const longest = 32 << 10

// Line of a log.
type Line struct {
	N    int
	Text string
}

// Follow calls emit for each line of b's log from now on, until the build or ctx ends.
func Follow(ctx context.Context, b *farm.Build, emit func(Line) error) error {
	t, err := tail.TailFile(b.Log, tail.Config{
		Follow:      true,
		MustExist:   true,
		MaxLineSize: longest,
		Location:    &tail.SeekInfo{Offset: 0, Whence: io.SeekEnd},
		Logger:      tail.DiscardingLogger,
	})
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		select {
		case l, ok := <-t.Lines:
			if !ok {
				return t.Err()
			}
			if err := emit(Line{n, l.Text}); err != nil {
				return err
			}
		case <-b.Done():
			return t.Stop()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

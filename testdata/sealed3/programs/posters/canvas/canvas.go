// Package canvas has the sheets that posters are drawn on. Each has a place in an arena of the printer's driver, which goes
// back when nobody has the sheet any more.
package canvas

import (
	"runtime"
	"sync/atomic"
)

type Canvas struct {
	W, H int
	Pix  []byte
	slot int
}

const places = 8192

type Arena struct {
	back        chan int
	next        atomic.Int64
	Made, Ended atomic.Int64
}

// NewArena has room for n places that come back at a time.
func NewArena(n int) *Arena { return &Arena{back: make(chan int, n)} }

func (a *Arena) place() int {
	if n := a.next.Add(1); n < places { // places are used again when there is no new one
		return int(n)
	}
	return <-a.back
}

// New is an empty sheet.
func (a *Arena) New(w, h int) *Canvas {
	c := &Canvas{W: w, H: h, Pix: make([]byte, w*h), slot: a.place()}
	a.Made.Add(1)
	runtime.SetFinalizer(c, a.release)
	return c
}

func (a *Arena) release(c *Canvas) {
	a.Ended.Add(1)
	a.back <- c.slot
}

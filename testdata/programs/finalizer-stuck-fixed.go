// Map viewer. The pixels of a tile belong to a driver, and a finalizer gives them back when nobody looks at the
// tile any more.
// FIXED: the driver goes on when it does not know a tile, so that every finalizer is done in no time.
package main

import (
	"errors"
	"math/rand/v2"
	"runtime"
)

type tile struct {
	number int
	drawn  int
	pixels [24 << 10]byte
}

type driver struct {
	freed   chan int // numbers of tiles
	free    int
	unknown int
}

type viewer struct {
	driver *driver
	drawn  int
}

var errUnknownTile = errors.New("the driver does not know the tile")

func main() {
	recorder := openRecorder()
	startShop(1)
	v := &viewer{driver: &driver{freed: make(chan int)}}
	go v.driver.run()
	steadily(40, func() { v.draw(rand.IntN(10_000)) })
	recorder.run()
}

func (v *viewer) draw(number int) {
	t := v.load(number)
	t.drawn++
	v.drawn += t.drawn
}

func (v *viewer) load(number int) *tile {
	t := &tile{number: number}
	runtime.SetFinalizer(t, v.driver.release)
	return t
}

func (d *driver) release(t *tile) { d.freed <- t.number }

// run goes on when the driver does not know a tile: every tenth one.
func (d *driver) run() {
	for number := range d.freed {
		if err := d.giveBack(number); err != nil {
			d.unknown++
		}
	}
}

func (d *driver) giveBack(number int) error {
	if number%10 == 0 {
		return errUnknownTile
	}
	d.free++
	return nil
}

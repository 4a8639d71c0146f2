// Map viewer. The pixels of a tile belong to a driver, and a finalizer gives them back when nobody looks at the
// tile any more.
// LEAK: the driver stops listening, the finalizer waits for it for ever, and all later finalizers wait behind it.
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
	freed chan int // numbers of tiles
	free  int
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

// run ends at the first tile that the driver does not know: every tenth one.
func (d *driver) run() {
	for number := range d.freed {
		if err := d.giveBack(number); err != nil {
			return
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

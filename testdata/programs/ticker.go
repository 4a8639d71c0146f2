// Device gateway. A goroutine per device sends it a heartbeat every three seconds.
// LEAK: the ticker is not stopped when the device has gone, and its goroutine goes on for ever.
package main

import (
	"sync/atomic"
	"time"
)

type device struct {
	gone  atomic.Bool
	frame []byte
}

func main() {
	recorder := openRecorder()
	startShop(1)
	steadily(25, func() { go connect() })
	recorder.run()
}

// connect is a device that comes and, after about a second, goes.
func connect() {
	d := new(device)
	go d.heartbeat()
	pause(time.Second)
	d.gone.Store(true)
}

func (d *device) heartbeat() {
	d.frame = make([]byte, 40<<10)
	ticker := time.NewTicker(3 * time.Second)
	for range ticker.C {
		if !d.gone.Load() {
			d.frame[0]++
		}
	}
}

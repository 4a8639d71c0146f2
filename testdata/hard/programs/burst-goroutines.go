// Delivery service. A request waits until its parcel is on the way.
// LEAK: when a van breaks down, every quarter of a minute or so, its nine parcels are never reported, and their requests wait for ever.
package main

import (
	"math/rand/v2"
	"time"
)

type parcel struct{ onTheWay chan struct{} }

func main() {
	recorder := openRecorder()
	startShop(0.5)
	steadily(50, func() {
		p := &parcel{onTheWay: make(chan struct{})}
		time.AfterFunc(time.Duration(rand.IntN(1600))*time.Millisecond, p.report)
		go p.wait()
	})
	go breakdowns()
	recorder.run()
}

func breakdowns() {
	for {
		time.Sleep(time.Duration(9+rand.IntN(10)) * time.Second)
		for range 9 {
			p := &parcel{onTheWay: make(chan struct{})}
			kept.Add(1)
			go p.wait()
		}
	}
}

func (p *parcel) report() { close(p.onTheWay) }

func (p *parcel) wait() {
	<-p.onTheWay
}

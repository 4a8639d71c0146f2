// Command callroom is the load of a signaling server for calls: people of a school come into rooms one after the other.
package main

import (
	"math/rand"
	"time"

	"callroom/peer"
	"drive"
	"probe"
)

const people = 150

func main() {
	drive.Flags()
	probe.Gauge("joined", peer.Joined.Load)
	probe.Gauge("received", peer.Received.Load)
	probe.Listen(drive.Port + 2)
	r := rand.New(rand.NewSource(140))
	for i := range people {
		for drive.X() < 0.66*float64(i)/people {
			time.Sleep(50 * time.Millisecond)
		}
		go peer.Stay(drive.URL(""), i/6, rand.New(rand.NewSource(int64(141+i))))
		time.Sleep(time.Duration(r.Intn(300)) * time.Millisecond)
	}
	select {}
}

// Event exporter. Requests put events into a channel with plenty of room, a goroutine sends them on.
// LEAK: the receiver takes a tenth of what comes in, and the channel has room for an hour of the rest.
package main

import "time"

type event struct {
	name   string
	at     time.Time
	fields [440]byte
}

type exporter struct {
	queue chan *event
	sent  int
}

func main() {
	recorder := openRecorder()
	startShop(1)
	x := &exporter{queue: make(chan *event, 8_000_000/8)}
	go x.export()
	steadily(2000, func() { x.emit("page viewed") })
	recorder.run()
}

func (x *exporter) emit(name string) {
	select {
	case x.queue <- &event{name: name, at: time.Now()}:
	default: // the room is used up: drop it
	}
}

// export sends two events every ten milliseconds: the other side allows no more.
func (x *exporter) export() {
	for range time.Tick(10 * time.Millisecond) {
		for range 2 {
			<-x.queue
			x.sent++
		}
	}
}

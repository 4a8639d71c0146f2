// Booking service. A request waits for the bookings' system, for two seconds at most.
// BENIGN: there are ten times as many requests at the end as at the start, and none lives for longer than two seconds.
package main

import (
	"math/rand/v2"
	"time"
)

type booking struct {
	seat int
	form []byte
}

func main() {
	recorder := openRecorder()
	startShop(0.5)
	span := recorder.span().Seconds()
	arrivals(func(t time.Duration) float64 {
		return 25 + 225*min(1, t.Seconds()/span)
	}, func() {
		go serveBooking(&booking{seat: rand.IntN(300), form: make([]byte, 20<<10)})
	})
	recorder.run()
}

func serveBooking(b *booking) int {
	confirmed := make(chan int)
	go confirm(b, confirmed)
	select {
	case seat := <-confirmed:
		b.form[0] = byte(seat)
		return seat
	case <-time.After(2 * time.Second):
		return 0
	}
}

func confirm(b *booking, confirmed chan<- int) {
	time.Sleep(time.Duration(200+rand.IntN(1700)) * time.Millisecond)
	confirmed <- b.seat
}

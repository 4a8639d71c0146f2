// Command wallboard shows the departures of a railway on the screens of stations and on telephones.
package main

import (
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"runtime"
	"time"

	"github.com/gorilla/websocket"

	"probe"
	"pump"
	"wallboard/board"
	"wallboard/screen"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		// two days: few at night, many by day; it ends on the way up to the third
		pump.Run(pump.Wave(.4, 8, 2.35), func(i int) { go look() })
	}
	b := board.New(60)
	go b.Run(time.Second / 3)
	s := screen.New(b)
	probe.Gauge("screens", s.Open.Load)
	probe.Gauge("screens_seen", s.Seen.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	http.HandleFunc("/departures", s.Serve)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), nil))
}

func look() {
	c, _, err := websocket.DefaultDialer.Dial(fmt.Sprintf("ws://127.0.0.1:%d/departures?station=%d", pump.Port, rand.Intn(60)), nil)
	if err != nil {
		return
	}
	defer c.Close()
	until := time.Now().Add(time.Duration(pump.Between(5, 35)) * time.Second)
	c.SetReadDeadline(until)
	for {
		if _, _, err := c.ReadMessage(); err != nil {
			break
		}
	}
	if rand.Intn(3) > 0 {
		c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""), time.Now().Add(time.Second))
	}
}

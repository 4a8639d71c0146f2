// Command livefeed shows the scores of games while they go on.
package main

import (
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"runtime"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"livefeed/feed"
	"livefeed/settings"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		load()
	}
	set := settings.New()
	h := feed.New(set)
	go h.Play(time.Second / 14)
	probe.Gauge("viewers", h.Viewers.Load)
	probe.Gauge("polls", h.Polls.Load)
	probe.Gauge("listeners", func() int64 { return int64(set.Listeners()) })
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	http.HandleFunc("/live", h.Live)
	http.HandleFunc("/poll", h.Poll)
	http.HandleFunc("/settings", set.Change)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), nil))
}

func load() {
	var mu sync.Mutex
	var held []*websocket.Conn
	go pump.Run(pump.Wave(1, 4, 2), func(i int) {
		c, _, err := websocket.DefaultDialer.Dial(fmt.Sprintf("ws://127.0.0.1:%d/live?game=%d", pump.Port, rand.Intn(30)), nil)
		if err != nil {
			return
		}
		c.WriteMessage(websocket.TextMessage, []byte("hello "+pump.ID(20)))
		if i%6 == 0 { // a telephone that is put away: the system keeps the connection, the page reads on but nobody looks
			mu.Lock()
			held = append(held, c)
			mu.Unlock()
			for {
				if _, _, err := c.ReadMessage(); err != nil {
					return
				}
			}
		}
		until := time.Now().Add(time.Duration(pump.Between(3, 25)) * time.Second)
		for time.Now().Before(until) {
			c.SetReadDeadline(until)
			if _, _, err := c.ReadMessage(); err != nil {
				break
			}
		}
		c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""))
		c.Close()
	})
	go pump.Run(pump.Flat(.1), func(i int) {
		pump.Get(fmt.Sprintf("http://127.0.0.1:%d/settings?lang=%s", pump.Port, []string{"en", "de", "fr"}[i%3]))
	})
	pump.Run(pump.Flat(9), func(i int) { pump.Get(fmt.Sprintf("http://127.0.0.1:%d/poll?game=%d", pump.Port, rand.Intn(30))) })
}

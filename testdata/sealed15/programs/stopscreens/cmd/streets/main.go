// streets has the buses and the screens of the city, and a scraper.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

var base = flag.String("url", "http://127.0.0.1:8080", "stopscreens")
var on, lost, closed, trips, failed int64

// screen is on for a while; four of ten lose their net or their power.
func screen(d time.Duration) {
	atomic.AddInt64(&on, 1)
	defer atomic.AddInt64(&on, -1)
	c, _, err := websocket.DefaultDialer.Dial(strings.Replace(*base, "http", "ws", 1)+fmt.Sprintf("/screen?stop=S%03d", rand.Intn(300)), nil)
	if err != nil {
		atomic.AddInt64(&failed, 1)
		return
	}
	go func() {
		for {
			if _, _, err := c.ReadMessage(); err != nil {
				return
			}
		}
	}()
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(5 * time.Second) {
		if c.WriteMessage(websocket.TextMessage, []byte("alive")) != nil {
			atomic.AddInt64(&failed, 1)
		}
	}
	if rand.Intn(10) < 4 {
		atomic.AddInt64(&lost, 1)
	} else {
		atomic.AddInt64(&closed, 1)
		c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second))
		time.Sleep(time.Second)
	}
	c.Close()
}

// trip of a bus: six to ten stops, a report before each.
func trip(i int) {
	atomic.AddInt64(&trips, 1)
	line, id := fmt.Sprint(1+i%24), fmt.Sprintf("%d-%08x", i, rand.Uint32())
	at, late := rand.Intn(290), rand.Intn(90)
	for n := 6 + rand.Intn(5); n > 0; n-- {
		b, _ := json.Marshal(map[string]interface{}{"line": line, "trip": id, "late": late, "stops": []string{fmt.Sprintf("S%03d", at), fmt.Sprintf("S%03d", at+1), fmt.Sprintf("S%03d", at+2)}})
		r, err := http.Post(*base+"/report", "application/json", bytes.NewReader(b))
		if err != nil || r.StatusCode >= 300 {
			atomic.AddInt64(&failed, 1)
		}
		if err == nil {
			io.Copy(io.Discard, r.Body)
			r.Body.Close()
		}
		late += rand.Intn(40) - 10
		at = (at + 1) % 290
		time.Sleep(time.Duration(3+rand.Intn(5)) * time.Second)
	}
}

func main() {
	flag.Parse()
	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			log.Print("screens on ", atomic.LoadInt64(&on), " lost ", atomic.LoadInt64(&lost), " closed ", atomic.LoadInt64(&closed), " trips ", atomic.LoadInt64(&trips), " failed ", atomic.LoadInt64(&failed))
		}
	}()
	go func() {
		for range time.Tick(20 * time.Second) {
			if r, err := http.Get(*base + "/metrics"); err == nil {
				io.Copy(io.Discard, r.Body)
				r.Body.Close()
			}
		}
	}()
	go func() {
		for i := 0; ; i++ {
			time.Sleep(140 * time.Millisecond)
			go trip(i)
		}
	}()
	for {
		w := 0.5 + 0.5*math.Sin(2*math.Pi*time.Since(began).Seconds()/230)
		time.Sleep(time.Duration(float64(time.Second) / (0.5 + 1.2*w)))
		go screen(time.Duration(20+rand.Intn(60)) * time.Second)
	}
}

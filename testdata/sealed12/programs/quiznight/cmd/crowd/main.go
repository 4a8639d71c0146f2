// Command crowd is the guests: they come in waves, play for some minutes, and go, some of them out of the range of the net.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math"
	"math/rand"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

var in, failed atomic.Int64

func main() {
	to := flag.String("to", "ws://127.0.0.1:7610", "")
	low := flag.Float64("low", 60, "guests between the waves")
	high := flag.Float64("high", 290, "guests at a wave's crest")
	period := flag.Duration("period", 9*time.Minute, "")
	dur := flag.Duration("for", 20*time.Minute, "")
	flag.Parse()
	began := time.Now()
	for n := 0; time.Since(began) < *dur; n++ {
		time.Sleep(time.Duration(150+rand.Intn(200)) * time.Millisecond)
		x := time.Since(began).Seconds() / period.Seconds()
		if want := *low + (*high-*low)*(0.5-0.5*math.Cos(2*math.Pi*x)); float64(in.Load()) < want {
			go guest(fmt.Sprintf("%s/pubs/%d/play?name=guest%d", *to, rand.Intn(12), n))
		}
		if n%200 == 0 {
			log.Print(in.Load(), " in, ", failed.Load(), " failed")
		}
	}
}

func guest(url string) {
	in.Add(1)
	defer in.Add(-1)
	c, _, err := websocket.DefaultDialer.Dial(url, nil)
	if err != nil {
		if failed.Add(1) < 5 {
			log.Print(err)
		}
		return
	}
	stay := time.NewTimer(40*time.Second + time.Duration(rand.ExpFloat64()*float64(60*time.Second)))
	gone := make(chan bool)
	questions := make(chan int, 4)
	go func() {
		defer close(gone)
		for {
			var q struct {
				Question *int
			}
			if err := c.ReadJSON(&q); err != nil {
				return
			}
			if q.Question != nil {
				select {
				case questions <- *q.Question:
				default:
				}
			}
		}
	}()
	for {
		select {
		case q := <-questions:
			time.Sleep(time.Duration(rand.Int63n(int64(4 * time.Second))))
			a, _ := json.Marshal(map[string]any{"question": q, "choice": rand.Intn(4), "text": strings.Repeat("I think that ", 5+rand.Intn(25)), "strokes": rand.Perm(30 + rand.Intn(60))})
			c.SetWriteDeadline(time.Now().Add(5 * time.Second))
			if c.WriteMessage(websocket.TextMessage, a) != nil {
				c.Close()
				return
			}
		case <-gone:
			c.Close()
			return
		case <-stay.C:
			if rand.Intn(5) > 0 {
				c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""))
			} else { // out of the net: nothing is said or read any more, for a while
				time.Sleep(50 * time.Second)
			}
			c.Close()
			return
		}
	}
}

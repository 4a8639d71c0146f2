// Command audience is who wants seats, more and more for some minutes, and the box office, whose connections do not last.
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
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

var failed atomic.Int64

func main() {
	to := flag.String("url", "http://127.0.0.1:7710", "")
	office := flag.String("office", "127.0.0.1:7760", "")
	rate := flag.Float64("rate", 14, "calls a second")
	ramp := flag.Duration("ramp", 400*time.Second, "until as many hold seats as ever")
	performances := flag.Int("performances", 30000, "")
	period := flag.Duration("period", 180*time.Second, "")
	dur := flag.Duration("for", 20*time.Minute, "")
	flag.Parse()
	began := time.Now()
	go boxOffice(*office, *performances, began)
	c := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 20}}
	for n := 0; time.Since(began) < *dur; n++ {
		age := time.Since(began).Seconds()
		r := *rate * (1 + 0.3*math.Sin(2*math.Pi*age/period.Seconds()))
		time.Sleep(time.Duration(rand.ExpFloat64() / r * float64(time.Second)))
		p := rand.Intn(*performances)
		if rand.Float64() < 0.06+0.24*math.Min(1, age/ramp.Seconds()) {
			go hold(c, *to, p)
		} else {
			go do(c.Get(fmt.Sprintf("%s/performances/%d/map", *to, p)))
		}
		if n%1000 == 0 {
			do(c.Get(*to + "/metrics"))
			log.Print(n, " calls, ", failed.Load(), " failed")
		}
	}
}

func hold(c *http.Client, to string, p int) {
	seats, _ := json.Marshal([]string{fmt.Sprintf("%c%d", 'A'+rune(rand.Intn(24)), rand.Intn(30)), fmt.Sprintf("%c%d", 'A'+rune(rand.Intn(24)), rand.Intn(30))})
	r, err := c.Post(fmt.Sprintf("%s/performances/%d/holds", to, p), "application/json", bytes.NewReader(seats))
	if err != nil {
		failed.Add(1)
		return
	}
	var h struct{ ID string }
	json.NewDecoder(r.Body).Decode(&h)
	r.Body.Close()
	time.Sleep(time.Duration(20+rand.Intn(130)) * time.Second)
	do(c.Post(to+"/holds/"+h.ID+"/pay", "text/plain", nil))
}

func do(r *http.Response, err error) {
	if err != nil {
		failed.Add(1)
		return
	}
	io.Copy(io.Discard, r.Body)
	r.Body.Close()
}

func boxOffice(addr string, performances int, began time.Time) {
	up := websocket.Upgrader{}
	http.HandleFunc("/ledger", func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if int(time.Since(began).Seconds())%400 > 330 {
			time.Sleep(12 * time.Second) // nobody is there
		}
	})
	http.HandleFunc("/feed", func(w http.ResponseWriter, r *http.Request) {
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		go func() {
			for {
				if _, _, err := c.ReadMessage(); err != nil {
					return
				}
			}
		}()
		for end := time.Now().Add(time.Duration(8+rand.Intn(30)) * time.Second); time.Now().Before(end); {
			time.Sleep(time.Duration(rand.Intn(700)) * time.Millisecond)
			if c.WriteJSON(map[string]any{"performance": rand.Intn(performances), "note": "a seat was sold at the counter"}) != nil {
				return
			}
		}
	})
	log.Fatal(http.ListenAndServe(addr, nil))
}

//go:debug httpmuxgo121=0

// Command tickerd spreads the prices of a commodity exchange to its subscribers.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/rand"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"probe"
	"pump"
	"tickerd/desk"
	"tickerd/market"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		load()
	}
	ex := market.NewExchange("wheat", "maize", "rice", "soy", "oats", "cocoa", "coffee", "cotton", "sugar", "tea", "wool", "rubber")
	j, err := desk.NewJournal(pump.Dir)
	if err != nil {
		log.Fatal(err)
	}
	go j.Keep()
	d := desk.New(ex, j)
	probe.Gauge("posts_waiting", d.Waiting.Load)
	probe.Gauge("posts", d.Posts.Load)
	probe.Gauge("segments", j.Segments.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	lc := net.ListenConfig{KeepAlive: -1}
	l, err := lc.Listen(context.Background(), "tcp", fmt.Sprintf("127.0.0.1:%d", pump.Port+2))
	if err != nil {
		log.Fatal(err)
	}
	go ex.Accept(l)
	http.HandleFunc("POST /post/{market}", d.Post)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), nil))
}

var names = strings.Fields("wheat maize rice soy oats cocoa coffee cotton sugar tea wool rubber")

// asleep are the connections of computers that sleep.
var asleep []net.Conn

func load() {
	var there atomic.Int64
	go pump.Run(pump.Flat(1), func(i int) {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", pump.Port+2))
		if err != nil {
			return
		}
		name := names[rand.Intn(12)]
		if i > 60 && (name == "cocoa" || name == "tea") {
			name = "rice"
		}
		fmt.Fprintln(c, name)
		there.Add(1)
		c.SetReadDeadline(time.Now().Add(time.Duration(pump.Between(5, 30)) * time.Second))
		io.Copy(io.Discard, bufio.NewReader(c))
		c.Close()
		there.Add(-1)
	})
	go func() {
		time.Sleep(time.Duration(float64(pump.Span) * .06))
		for _, n := range []string{"cocoa", "tea"} { // two screens in halls, whose computers sleep
			d := net.Dialer{KeepAlive: -1, Control: func(_, _ string, rc syscall.RawConn) error {
				return rc.Control(func(fd uintptr) { syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 32<<10) })
			}}
			if c, err := d.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", pump.Port+2)); err == nil {
				fmt.Fprintln(c, n)
				asleep = append(asleep, c)
			}
		}
	}()
	client := &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 30}}
	pump.Run(pump.Wave(14, 34, 3), func(i int) {
		name := names[rand.Intn(12)]
		if rand.Intn(3) > 0 && (name == "cocoa" || name == "tea") {
			name = "rice"
		}
		var offers []market.Offer
		for k := pump.Between(20, 120); k > 0; k-- {
			offers = append(offers, market.Offer{Firm: pump.ID(12), Cents: rand.Intn(100000), Terms: pump.ID(80)})
		}
		b, _ := json.Marshal(offers)
		if resp, err := client.Post(fmt.Sprintf("http://127.0.0.1:%d/post/%s", pump.Port, name), "application/json", strings.NewReader(string(b))); err == nil {
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
	})
}

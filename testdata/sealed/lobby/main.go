package main

import (
	"flag"
	"fmt"
	"log"
	"math"
	"math/rand"
	"net/http"
	_ "net/http/pprof"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"lobby/room"

	"github.com/gorilla/websocket"
)

var (
	addr  = flag.String("addr", "127.0.0.1:21120", "")
	admin = flag.String("admin", "127.0.0.1:21121", "")
	mode  = flag.String("mode", "serve", "")
	span  = flag.Duration("span", 200*time.Second, "")
)

func main() {
	flag.Parse()
	if *mode == "load" {
		load()
	}
	r := room.New()
	mux := http.NewServeMux()
	mux.Handle("/ws", r)
	mux.HandleFunc("/players", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, r.Len()) })
	go func() { log.Fatal(http.ListenAndServe(*admin, nil)) }()
	go func() { log.Fatal(http.ListenAndServe(*addr, mux)) }()
	go func() {
		for range time.Tick(10 * time.Second) {
			log.Print("players: ", r.Len())
		}
	}()
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	<-end
	fmt.Println("KEPT players", r.Len())
}

// load keeps a number of players connected that swings between 25 and 145, two and a half times.
func load() {
	start := time.Now()
	var have int64
	for {
		x := float64(time.Since(start)) / float64(*span)
		want := int64(85 - 60*math.Cos(2*math.Pi*2.5*x))
		if atomic.LoadInt64(&have) < want {
			atomic.AddInt64(&have, 1)
			go func() {
				defer atomic.AddInt64(&have, -1)
				play(time.Duration(6+rand.Intn(22)) * time.Second)
			}()
		}
		time.Sleep(15 * time.Millisecond)
	}
}

func play(long time.Duration) {
	c, _, err := websocket.DefaultDialer.Dial(fmt.Sprintf("ws://%s/ws?name=p%d", *addr, rand.Intn(1e6)), nil)
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
	for end := time.Now().Add(long); time.Now().Before(end); {
		time.Sleep(time.Duration(1500+rand.Intn(6000)) * time.Millisecond)
		if c.WriteJSON(room.Message{Text: strings.Repeat("hello ", 30+rand.Intn(400))}) != nil {
			return
		}
	}
}

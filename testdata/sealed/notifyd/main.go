package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	_ "net/http/pprof"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"notifyd/bus"
	"notifyd/loadgen"
	"notifyd/poll"
)

var (
	addr  = flag.String("addr", "127.0.0.1:21010", "")
	admin = flag.String("admin", "127.0.0.1:21011", "")
	redis = flag.String("upstream", "127.0.0.1:21012", "")
	mode  = flag.String("mode", "serve", "")
	span  = flag.Duration("span", 200*time.Second, "")
)

func main() {
	flag.Parse()
	if *mode == "load" {
		load()
	}
	b := bus.New(*redis)
	h := &poll.Handler{Bus: b, Wait: 1200 * time.Millisecond}
	mux := http.NewServeMux()
	mux.HandleFunc("/poll", h.Poll)
	mux.HandleFunc("/send", h.Send)
	go func() { log.Fatal(http.ListenAndServe(*admin, nil)) }()
	go func() { log.Fatal(http.ListenAndServe(*addr, mux)) }()
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	<-end
	fmt.Println("KEPT subscriptions", atomic.LoadInt64(&b.Live))
}

func load() {
	base := "http://" + *addr
	// Three of ten polls get nothing before their time is over.
	loadgen.Run(*span, func(x float64) float64 { // bursts
		if int(x*17)%3 == 0 {
			return 17
		}
		return 6
	}, func(i int) {
		user := fmt.Sprint("u", i)
		if rand.Intn(10) >= 3 {
			go func() {
				time.Sleep(time.Duration(100+rand.Intn(600)) * time.Millisecond)
				loadgen.Post(base+"/send?user="+user, "text/plain", bytes.Repeat([]byte("m"), 200+rand.Intn(4000)))
			}()
		}
		loadgen.Get(base + "/poll?user=" + user)
	})
}

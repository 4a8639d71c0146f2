package main

import (
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

	"mediaproxy/limits"
	"mediaproxy/loadgen"
	"mediaproxy/proxy"
)

var (
	addr  = flag.String("addr", "127.0.0.1:21110", "")
	admin = flag.String("admin", "127.0.0.1:21111", "")
	mode  = flag.String("mode", "serve", "")
	span  = flag.Duration("span", 200*time.Second, "")
)

func main() {
	flag.Parse()
	if *mode == "load" {
		load()
	}
	p := &proxy.Proxy{Gate: make(limits.Gate, 400)}
	go func() { log.Fatal(http.ListenAndServe(*admin, nil)) }()
	go func() { log.Fatal(http.ListenAndServe(*addr, p)) }()
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	<-end
	fmt.Println("KEPT active streams", atomic.LoadInt64(&p.Active), "of", atomic.LoadInt64(&p.Total))
}

func load() {
	loadgen.Client.Timeout = 30 * time.Second
	loadgen.Run(*span, func(x float64) float64 { // the evening comes, until three quarters
		if x > 0.75 {
			x = 0.75
		}
		return 0.6 + 10*x
	}, func(int) { loadgen.Get(fmt.Sprintf("http://%s/m?chunks=%d", *addr, 5+rand.Intn(30))) })
}

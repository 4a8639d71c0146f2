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
	"strings"
	"syscall"
	"time"

	"pulse/aggregate"
	"pulse/intake"
	"pulse/loadgen"
)

var (
	addr  = flag.String("addr", "127.0.0.1:21060", "")
	admin = flag.String("admin", "127.0.0.1:21061", "")
	mode  = flag.String("mode", "serve", "")
	span  = flag.Duration("span", 200*time.Second, "")
)

func main() {
	flag.Parse()
	if *mode == "load" {
		load()
	}
	w := aggregate.NewWindow(20 * time.Second)
	h := &intake.Handler{W: w}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /write", h.Write)
	mux.HandleFunc("GET /query", h.Query)
	go func() { log.Fatal(http.ListenAndServe(*admin, nil)) }()
	go func() { log.Fatal(http.ListenAndServe(*addr, mux)) }()
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	<-end
	n, c := w.Len()
	fmt.Println("KEPT points", n, "cap", c)
}

func load() {
	go loadgen.Run(*span, loadgen.Steady(5), func(int) { loadgen.Get("http://" + *addr + "/query?metric=cpu&metric=mem&metric=io") })
	loadgen.Run(*span, loadgen.Steady(12), func(int) {
		var b strings.Builder
		for i := 0; i < 60; i++ {
			fmt.Fprintf(&b, "%d host%d %s %f\n", time.Now().UnixMilli(), rand.Intn(40), []string{"cpu", "mem", "io", "net"}[rand.Intn(4)], rand.Float64())
		}
		loadgen.Post("http://"+*addr+"/write", "text/plain", []byte(b.String()))
	})
}

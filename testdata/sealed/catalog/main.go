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
	"syscall"
	"time"

	"catalog/loadgen"
	"catalog/products"
)

var (
	addr  = flag.String("addr", "127.0.0.1:21100", "")
	admin = flag.String("admin", "127.0.0.1:21101", "")
	mode  = flag.String("mode", "serve", "")
	size  = flag.Int("size", 1400, "products in the cache")
	span  = flag.Duration("span", 200*time.Second, "")
)

func main() {
	flag.Parse()
	if *mode == "load" {
		load()
	}
	h := products.New(*size)
	go func() {
		begin := time.Now()
		for range time.Tick(10 * time.Second) {
			n, hits, misses := h.Stats()
			log.Printf("%v cache: %d products, %d hits, %d misses", time.Since(begin), n, hits, misses)
		}
	}()
	go func() { log.Fatal(http.ListenAndServe(*admin, nil)) }()
	go func() { log.Fatal(http.ListenAndServe(*addr, h)) }()
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	<-end
	n, hits, misses := h.Stats()
	fmt.Println("KEPT products", n, hits, misses)
}

func load() {
	// A few products are popular, and a crawler walks through all of them.
	z := rand.New(rand.NewSource(3))
	zipf := rand.NewZipf(z, 1.2, 8, 6000)
	next := make(chan int)
	go func() {
		for {
			next <- int(zipf.Uint64())
		}
	}()
	go loadgen.Run(*span, loadgen.Steady(9), func(int) { loadgen.Get(fmt.Sprintf("http://%s/p?id=%d", *addr, <-next)) })
	loadgen.Run(*span, loadgen.Steady(9), func(i int) { loadgen.Get(fmt.Sprintf("http://%s/p?id=%d", *addr, 10000+i%9000)) })
}

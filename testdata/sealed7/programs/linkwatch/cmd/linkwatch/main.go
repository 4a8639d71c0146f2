// Command linkwatch keeps an eye on the pages of a publisher's partners.
//
//go:debug default=go1.27
package main

import (
	"context"
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"
	"runtime"
	"time"

	"press.example/linkwatch/internal/index"
	"press.example/linkwatch/internal/web"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7119", "")
	flag.Parse()
	runtime.MemProfileRate = 96 << 10
	f, h := web.New(index.New(1200), 900)
	for range 2 {
		go f.Work(context.Background(), 120*time.Millisecond)
	}
	http.Handle("/", h)
	log.Fatal(http.ListenAndServe(*addr, nil))
}

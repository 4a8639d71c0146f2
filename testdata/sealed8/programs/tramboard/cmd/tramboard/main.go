// Command tramboard tells the boards at the stops when the next trams leave.
//
//go:debug default=go1.27
package main

import (
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"

	"transit.example/tramboard/internal/feed"
	"transit.example/tramboard/internal/hub"
	"transit.example/tramboard/internal/web"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7205", "")
	depot := flag.String("depot", "http://127.0.0.1:7305", "")
	flag.Parse()
	h := hub.New()
	go h.Drive(80)
	http.Handle("/", web.Handler(h, feed.New(*depot)))
	log.Fatal(http.ListenAndServe(*addr, nil))
}

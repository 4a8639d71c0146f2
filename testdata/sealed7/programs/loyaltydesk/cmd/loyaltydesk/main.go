// Command loyaltydesk keeps the points of a chain of shops.
//
//go:debug default=go1.27
package main

import (
	"context"
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"
	"time"

	"shop.example/loyaltydesk/internal/store"
	"shop.example/loyaltydesk/internal/web"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7117", "")
	rd := flag.String("redis", "127.0.0.1:7379", "")
	flag.Parse()
	s := store.New(*rd, 48, 3000)
	go s.Flush(context.Background(), 5*time.Second)
	http.Handle("/", web.Routes(s))
	log.Fatal(http.ListenAndServe(*addr, nil))
}

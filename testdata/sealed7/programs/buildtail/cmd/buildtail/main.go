// Command buildtail runs builds and lets people look on.
//
//go:debug default=go1.27
package main

import (
	"context"
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"
	"os"

	"ci.example/buildtail/internal/farm"
	"ci.example/buildtail/internal/web"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7115", "")
	flag.Parse()
	dir, err := os.MkdirTemp("", "buildtail")
	if err != nil {
		log.Fatal(err)
	}
	f := farm.New(dir)
	for range 12 {
		go f.Work(context.Background())
	}
	http.Handle("/", (&web.Site{Farm: f}).Handler())
	log.Fatal(http.ListenAndServe(*addr, nil))
}

// Command docshare is the file share of an office.
//
//go:debug default=go1.27
package main

import (
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"
	"os"
	"runtime"

	"office.example/docshare/internal/audit"
	"office.example/docshare/internal/dav"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7113", "")
	flag.Parse()
	runtime.MemProfileRate = 64 << 10
	root, err := os.MkdirTemp("", "docshare")
	if err != nil {
		log.Fatal(err)
	}
	ring := audit.NewRing[audit.Entry](2000)
	http.Handle("/dav/", &dav.Share{Root: root, Log: ring})
	http.Handle("/audit", audit.Page(ring))
	log.Fatal(http.ListenAndServe(*addr, nil))
}

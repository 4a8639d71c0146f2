// Command catalogsync takes the offers of suppliers.
//go:debug default=go1.27
package main

import (
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"

	"trade.example/catalogsync/internal/api"
	"trade.example/catalogsync/internal/catalog"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7111", "")
	flag.Parse()
	a := &api.API{Catalog: catalog.New()}
	http.Handle("/", a.Handler())
	log.Fatal(http.ListenAndServe(*addr, nil))
}

// Command tollgate takes the toll of a motorway.
//
//go:debug default=go1.27
package main

import (
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"

	"road.example/tollgate/internal/accounts"
	"road.example/tollgate/internal/gantry"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7203", "")
	flag.Parse()
	g := gantry.New(accounts.Open(32000))
	http.HandleFunc("POST /gantries/{gantry}/passages", g.Passage)
	http.HandleFunc("GET /balance/{plate}", g.Balance)
	log.Fatal(http.ListenAndServe(*addr, nil))
}

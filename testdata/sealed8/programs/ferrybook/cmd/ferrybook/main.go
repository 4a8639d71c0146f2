// Command ferrybook books cars onto ferries.
//
//go:debug default=go1.27
package main

import (
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"

	"sea.example/ferrybook/internal/deck"
	"sea.example/ferrybook/internal/till"
	"sea.example/ferrybook/internal/web"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7201", "")
	flag.Parse()
	t := till.New(180)
	d := deck.New(t)
	http.Handle("/", web.Handler(d))
	log.Fatal(http.ListenAndServe(*addr, nil))
}

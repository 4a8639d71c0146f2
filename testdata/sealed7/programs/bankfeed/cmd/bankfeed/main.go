// Command bankfeed books the statements of banks.
//go:debug default=go1.27
package main

import (
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"

	"bank.example/bankfeed/internal/ledger"
	"bank.example/bankfeed/internal/notify"
	"bank.example/bankfeed/internal/web"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7112", "")
	flag.Parse()
	h := notify.NewHub()
	s := &web.Server{Ledger: ledger.New(h), Hub: h}
	http.Handle("/", s.Handler())
	log.Fatal(http.ListenAndServe(*addr, nil))
}

// Command statementrun makes the yearly statements of tenants.
//
//go:debug default=go1.27
package main

import (
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"
	"os"

	"homes.example/statementrun/internal/batch"
	"homes.example/statementrun/internal/web"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7118", "")
	flag.Parse()
	dir, err := os.MkdirTemp("", "statementrun")
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("/", web.Routes(&batch.Runner{Dir: dir}))
	log.Fatal(http.ListenAndServe(*addr, nil))
}

// Command vinylprices answers what second-hand records fetch.
//
//go:debug default=go1.27
package main

import (
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"
	"time"

	"records.example/vinylprices/internal/quotes"
	"records.example/vinylprices/internal/web"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7301", "")
	sheets := flag.Int("sheets", 10000, "how many price sheets to have at hand")
	flag.Parse()
	b, err := quotes.NewBook(*sheets)
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("/", web.New(b))
	s := &http.Server{Addr: *addr, ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(s.ListenAndServe())
}

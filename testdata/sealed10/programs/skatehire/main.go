// Skatehire reserves skates at an ice rink. A reservation holds for an hour.
//
//go:debug default=go1.27
package main

import (
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"
	"time"
)

var began = time.Now()

func main() {
	listen := flag.String("listen", "127.0.0.1:7403", "address")
	hold := flag.Duration("hold", time.Hour, "how long skates are held")
	flag.Parse()
	c := openCounter(*hold)
	defer c.close()
	routes(http.DefaultServeMux, c)
	go func() {
		for range time.Tick(time.Minute) {
			held, lapsed := c.held.Count(), c.lapsed.Load()
			log.Printf("age %v: %d reservations, %d lapsed", time.Since(began).Round(time.Second), held, lapsed)
		}
	}()
	log.Fatal(http.ListenAndServe(*listen, nil))
}

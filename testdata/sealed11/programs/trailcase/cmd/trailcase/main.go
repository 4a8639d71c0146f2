// Command trailcase shows hikers how steep their way is.
//
//go:debug default=go1.27
package main

import (
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"
	"time"

	"trail.example/trailcase/internal/profiles"
	"trail.example/trailcase/internal/terrain"
	"trail.example/trailcase/internal/web"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7510", "")
	room := flag.Int64("room", 14<<20, "bytes of profiles that are kept")
	flag.Parse()

	land := terrain.New(512, 7)
	p := profiles.New(land, *room)
	s := web.New(p, []byte("a key that is 32 bytes long, yes"))
	http.Handle("/", s.Routes())

	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			n, gone, hits, asked := p.Counts()
			log.Printf("age %v: %d profiles, %d kB, %d pruned, %d of %d from the cache, %d ways saved", time.Since(began).Round(time.Second),
				n, p.Bytes()>>10, gone, hits, asked, s.Saved())
		}
	}()
	log.Fatal(http.ListenAndServe(*addr, nil))
}

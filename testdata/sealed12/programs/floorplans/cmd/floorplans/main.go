// Command floorplans draws the floor plans of trade fairs for those who visit them.
package main

import (
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"
	"time"

	"halls.example/floorplans/internal/plans"
	"halls.example/floorplans/internal/visits"
	"halls.example/floorplans/internal/web"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7605", "address of the service")
	stay := flag.Duration("stay", 75*time.Second, "how long a visitor's plan is kept without a question")
	flag.Parse()

	cache := plans.NewCache()
	open := visits.New(*stay)
	go open.Sweep(5 * time.Second)
	http.Handle("/", web.Routes(cache, open))

	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			st := cache.Stats()
			log.Printf("age=%s visits=%d plans=%d drawn=%d found=%d dropped=%d",
				time.Since(began).Round(time.Second), open.Len(), st.Known, st.Drawn, st.Found, st.Dropped)
		}
	}()
	log.Fatal(http.ListenAndServe(*addr, nil))
}

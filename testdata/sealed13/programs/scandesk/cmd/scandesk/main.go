// Command scandesk takes what the handhelds of depots scan, and shows clerks the parcels that they have to look at.
package main

import (
	"flag"
	"log"
	"net/http"
	"time"

	"parcel.example/scandesk/internal/api"
	"parcel.example/scandesk/internal/desk"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7703", "address")
	flag.Parse()
	d := desk.New()
	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			open, taken, resolved := d.Stats()
			log.Printf("age=%s open=%d scans=%d resolved=%d", time.Since(began).Round(time.Second), open, taken, resolved)
		}
	}()
	s := &http.Server{Addr: *addr, Handler: api.Handler(d), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 90 * time.Second}
	log.Fatal(s.ListenAndServe())
}

// Command caravanpark books pitches for caravans.
//
//go:debug default=go1.27
package main

import (
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"
	"time"

	"camp.example/caravanpark/internal/calendar"
	"camp.example/caravanpark/internal/pitches"
	"camp.example/caravanpark/internal/web"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7407", "")
	fresh := flag.Duration("fresh", 12*time.Minute, "how long a calendar is fresh")
	flag.Parse()
	park := pitches.NewPark(600)
	cals := calendar.New(park, *fresh)
	s := web.New(park, cals)
	s.Routes(http.DefaultServeMux)
	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			log.Printf("age %v: %d calendars, %d answers", time.Since(began).Round(time.Second), cals.Len(), s.Answers())
		}
	}()
	log.Fatal(http.ListenAndServe(*addr, nil))
}

// Command busdepartures says when the next buses leave from a stop.
package main

import (
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"
	"time"

	"buses.example/busdepartures/internal/boards"
	"buses.example/busdepartures/internal/timetable"
	"buses.example/busdepartures/internal/web"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7609", "address of the service")
	good := flag.Duration("good", 3*time.Minute, "how long a board is good")
	flag.Parse()

	b, err := boards.New(timetable.New(140), *good)
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("/", web.Routes(b))

	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			n, bytes, made, found := b.Stats()
			log.Printf("age=%s boards=%d room=%d made=%d found=%d", time.Since(began).Round(time.Second), n, bytes, made, found)
		}
	}()
	log.Fatal(http.ListenAndServe(*addr, nil))
}

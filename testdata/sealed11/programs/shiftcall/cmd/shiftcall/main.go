// Command shiftcall calls nurses to their shifts, and tells wards who comes.
//
//go:debug default=go1.27
package main

import (
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"
	"time"

	"github.com/robfig/cron/v3"

	"ward.example/shiftcall/internal/calls"
	"ward.example/shiftcall/internal/rotas"
	"ward.example/shiftcall/internal/web"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7508", "")
	flag.Parse()

	clock := cron.New(cron.WithLocation(time.UTC), cron.WithChain(cron.Recover(cron.DefaultLogger)))
	out := calls.NewOutbox(2000)
	book := rotas.NewBook(clock, out)
	if _, err := clock.AddFunc("@every 5s", out.Deliver); err != nil {
		log.Fatal(err)
	}
	if _, err := clock.AddFunc("@every 20s", book.Summaries); err != nil {
		log.Fatal(err)
	}
	clock.Start()
	defer clock.Stop()

	http.Handle("/", web.Routes(book, out))
	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			waiting, sent := out.Counts()
			log.Printf("age %v: %d rotas, %d entries of the clock, %d plans ever, %d calls wait, %d sent", time.Since(began).Round(time.Second),
				book.Len(), len(clock.Entries()), book.Planned(), waiting, sent)
		}
	}()
	log.Fatal(http.ListenAndServe(*addr, nil))
}

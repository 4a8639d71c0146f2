// Command tollhook takes what toll gantries report of lorries, and keeps the accounts of hauliers.
//
//go:debug default=go1.27
package main

import (
	"flag"
	"net/http"
	_ "net/http/pprof"
	"os"
	"time"

	"github.com/gorilla/mux"
	"github.com/rs/zerolog"

	"toll.example/tollhook/internal/hooks"
	"toll.example/tollhook/internal/ledger"
	"toll.example/tollhook/internal/road"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7507", "")
	flag.Parse()
	log := zerolog.New(os.Stderr).With().Timestamp().Logger()

	net := road.New(90)
	books := ledger.New(120)
	h := hooks.New(net, books, log)

	r := mux.NewRouter()
	r.HandleFunc("/hooks/passages", h.Passage).Methods(http.MethodPost)
	r.HandleFunc("/hauliers/{haulier:[0-9]+}", books.Statement).Methods(http.MethodGet)
	r.HandleFunc("/gantries/{gantry:[0-9]+}", net.Gantry).Methods(http.MethodGet)
	http.Handle("/", r)

	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			log.Info().Dur("age_ms", time.Since(began).Round(time.Second)).Int("passages", h.Today()).Int("again", h.Again()).
				Int("lines", books.Lines()).Int("pictures", net.Pictures()).Msg("minute")
		}
	}()
	log.Fatal().Err(http.ListenAndServe(*addr, nil)).Msg("ended")
}

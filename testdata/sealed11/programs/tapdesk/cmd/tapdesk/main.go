// Command tapdesk listens to what a plant's machines tell their controllers, from a mirrored port, and counts it.
//
//go:debug default=go1.27
package main

import (
	"flag"
	"net/http"
	_ "net/http/pprof"
	"os"
	"runtime"
	"time"

	"github.com/gorilla/handlers"
	"github.com/gorilla/mux"
	"github.com/rs/zerolog"

	"plant.example/tapdesk/internal/flows"
	"plant.example/tapdesk/internal/intake"
	"plant.example/tapdesk/internal/reports"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7504", "")
	flag.Parse()
	log := zerolog.New(os.Stderr).With().Timestamp().Logger()

	ledger := reports.NewLedger()
	tap := flows.NewTap(ledger, log.With().Str("part", "tap").Logger())
	frames := intake.New(tap, 64, log.With().Str("part", "intake").Logger())
	go frames.Work()

	r := mux.NewRouter()
	r.HandleFunc("/frames", frames.Receive).Methods(http.MethodPost)
	r.HandleFunc("/machines", ledger.List).Methods(http.MethodGet)
	r.HandleFunc("/machines/{machine}", ledger.Show).Methods(http.MethodGet)
	r.HandleFunc("/machines/{machine}/report.csv", ledger.CSV).Methods(http.MethodGet)
	http.Handle("/", handlers.CompressHandler(handlers.RecoveryHandler()(r)))

	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			seen, open := tap.Counts()
			log.Info().Dur("age_ms", time.Since(began).Round(time.Second)).Int("goroutines", runtime.NumGoroutine()).
				Int64("conversations", seen).Int64("open", open).Int("machines", ledger.Machines()).Int("samples", ledger.Samples()).Msg("minute")
		}
	}()
	log.Fatal().Err(http.ListenAndServe(*addr, nil)).Msg("ended")
}

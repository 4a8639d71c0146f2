// Command pricegate gives quotes for insuring bicycles to brokers' pages.
//
//go:debug default=go1.27
package main

import (
	"flag"
	"net/http"
	_ "net/http/pprof"
	"runtime"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"go.uber.org/zap"

	"cover.example/pricegate/internal/gate"
	"cover.example/pricegate/internal/quotes"
	"cover.example/pricegate/internal/tokens"
)

func init() { runtime.MemProfileRate = 65536 }

func main() {
	addr := flag.String("listen", "127.0.0.1:7505", "")
	flag.Parse()
	log, err := zap.NewProduction()
	if err != nil {
		panic(err)
	}
	keys := tokens.New([]byte("a key that is only for demonstrations"), 15*time.Minute)
	desk := quotes.NewDesk(75 * time.Second)
	lim := gate.New(4, 12)

	r := chi.NewRouter()
	r.Use(middleware.RealIP, middleware.Recoverer, lim.Handler)
	r.Post("/tokens", keys.Issue)
	r.Group(func(r chi.Router) {
		r.Use(keys.Require)
		r.Post("/quotes", desk.Make)
		r.Get("/quotes/{quote}", desk.Show)
	})
	http.Handle("/", r)
	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			log.Info("minute", zap.Duration("age", time.Since(began).Round(time.Second)), zap.Int("visitors", lim.Visitors()),
				zap.Int("quotes", desk.Open()), zap.Int64("refused", lim.Refused()))
		}
	}()
	log.Fatal("ended", zap.Error(http.ListenAndServe(*addr, nil)))
}

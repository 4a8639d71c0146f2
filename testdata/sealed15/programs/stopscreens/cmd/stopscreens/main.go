// stopscreens drives the screens at the stops of a city's buses.
package main

import (
	"flag"
	"net/http"
	"runtime"
	"time"

	"go.uber.org/zap"

	"transit.example/stopscreens/internal/screens"
	"transit.example/stopscreens/internal/trips"
	"transit.example/stopscreens/internal/web"
	"transit.example/stopscreens/internal/wire"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8080", "address")
	bus := flag.String("nats", "nats://127.0.0.1:4222", "NATS")
	flag.Parse()
	log, _ := zap.NewProduction()
	w, err := wire.Connect(*bus)
	if err != nil {
		log.Fatal("nats", zap.Error(err))
	}
	s := &web.Server{Hub: screens.NewHub(w, log), Wire: w, Punctuality: trips.New(), Log: log}
	s.Routes()
	go func() {
		for range time.Tick(time.Minute) {
			log.Info("minute", zap.Int("screens", s.Hub.Len()), zap.Int("subscriptions", w.Subscriptions()), zap.Int("goroutines", runtime.NumGoroutine()))
		}
	}()
	log.Fatal("listen", zap.Error(http.ListenAndServe(*listen, nil)))
}

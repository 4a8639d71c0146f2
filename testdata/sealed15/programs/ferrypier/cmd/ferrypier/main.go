// ferrypier tells travellers when their ferry comes, and takes bookings.
package main

import (
	"context"
	"flag"
	"runtime"
	"time"

	"go.uber.org/zap"

	"strait.example/ferrypier/internal/arrivals"
	"strait.example/ferrypier/internal/bookings"
	"strait.example/ferrypier/internal/harbour"
	"strait.example/ferrypier/internal/web"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8080", "address of the desk")
	office := flag.String("office", "127.0.0.1:9090", "address of the harbour office")
	flag.Parse()
	log, _ := zap.NewProduction()
	o, err := harbour.Dial(context.Background(), *office)
	if err != nil {
		log.Fatal("harbour office", zap.Error(err))
	}
	d := &web.Desk{Board: arrivals.NewBoard(o, 20*time.Second), Ledger: bookings.NewLedger(1500), Log: log}
	go func() {
		for range time.Tick(time.Minute) {
			log.Info("minute", zap.Int("ferries", d.Board.Len()), zap.Int("bookings", d.Ledger.Len()), zap.Int("goroutines", runtime.NumGoroutine()))
		}
	}()
	log.Fatal("desk", zap.Error(d.Echo().Start(*listen)))
}

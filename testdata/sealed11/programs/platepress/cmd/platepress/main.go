// Command platepress engraves house numbers and name plates, and shows people beforehand what theirs will look like.
//
//go:debug default=go1.27
package main

import (
	"context"
	"flag"
	"net/http"
	_ "net/http/pprof"
	"runtime"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"go.uber.org/zap"

	"plates.example/platepress/internal/engine"
	"plates.example/platepress/internal/orders"
	"plates.example/platepress/internal/shop"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7509", "")
	size := flag.Int("engines", 40, "how many engines there may be")
	flag.Parse()
	log, err := zap.NewProduction()
	if err != nil {
		panic(err)
	}

	engines := engine.NewPool(int32(*size))
	defer engines.Close()
	list := orders.NewList(10 * time.Minute / 8)
	s := shop.New(engines, list, log)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go list.Clear(ctx)

	r := chi.NewRouter()
	r.Use(middleware.RequestID, middleware.Recoverer, middleware.Timeout(20*time.Second))
	r.Post("/previews", s.Preview)
	r.Post("/orders", s.Order)
	r.Get("/orders/{order}", s.Show)
	r.Get("/orders", s.List)
	http.Handle("/", r)

	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			st := engines.Stat()
			log.Info("minute", zap.Duration("age", time.Since(began).Round(time.Second)), zap.Int32("engines", st.TotalResources()),
				zap.Int32("busy", st.AcquiredResources()), zap.Int64("jobs", st.AcquireCount()), zap.Int("orders", list.Len()), zap.Int("goroutines", runtime.NumGoroutine()))
		}
	}()
	log.Fatal("ended", zap.Error(http.ListenAndServe(*addr, nil)))
}

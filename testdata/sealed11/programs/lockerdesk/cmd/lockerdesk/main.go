// Command lockerdesk tells people, as it happens, where their parcel is and which compartment it lies in.
//
//go:debug default=go1.27
package main

import (
	"flag"
	"net/http"
	_ "net/http/pprof"
	"runtime"
	"time"

	"github.com/nats-io/nats.go"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"parcels.example/lockerdesk/internal/board"
	"parcels.example/lockerdesk/internal/lockers"
	"parcels.example/lockerdesk/internal/web"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7502", "")
	bus := flag.String("nats", "nats://127.0.0.1:7590", "")
	flag.Parse()

	conf := zap.NewProductionConfig()
	conf.EncoderConfig.EncodeTime = zapcore.TimeEncoderOfLayout("15:04:05")
	log, err := conf.Build()
	if err != nil {
		panic(err)
	}
	defer log.Sync()

	nc, err := nats.Connect(*bus, nats.Name("lockerdesk"), nats.MaxReconnects(-1), nats.ReconnectWait(time.Second))
	if err != nil {
		log.Fatal("no bus", zap.Error(err))
	}
	defer nc.Drain()

	sites := lockers.NewSites(320)
	b := board.New(nc, log.Named("board"))
	in, err := b.Feed(sites)
	if err != nil {
		log.Fatal("no feed", zap.Error(err))
	}
	defer in.Unsubscribe()

	http.Handle("/", web.Routes(sites, b, log.Named("web")))
	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			all, open := b.Counts()
			log.Info("minute", zap.Duration("age", time.Since(began).Round(time.Second)), zap.Int("goroutines", runtime.NumGoroutine()),
				zap.Int("subscriptions", nc.NumSubscriptions()), zap.Int64("followed", all), zap.Int64("following", open), zap.Int("notes", sites.Notes()))
		}
	}()
	log.Fatal("ended", zap.Error(http.ListenAndServe(*addr, nil)))
}

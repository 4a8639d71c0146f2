// Command seatmaps sells seats of theatres.
package main

import (
	"context"
	"flag"
	"net/http"
	_ "net/http/pprof"
	"runtime"
	"time"

	"go.uber.org/zap"

	"stage.example/seatmaps/internal/feed"
	"stage.example/seatmaps/internal/hall"
	"stage.example/seatmaps/internal/holds"
	"stage.example/seatmaps/internal/ledger"
	"stage.example/seatmaps/internal/web"
)

func init() { runtime.MemProfileRate = 64 << 10 }

func main() {
	addr := flag.String("listen", "127.0.0.1:7710", "address")
	office := flag.String("office", "127.0.0.1:7760", "the box office")
	plans := flag.Int("plans", 4200, "how many plans are kept")
	flag.Parse()
	log, err := zap.NewProduction()
	if err != nil {
		panic(err)
	}
	m, err := hall.New(*plans)
	if err != nil {
		log.Fatal("plans", zap.Error(err))
	}
	l := ledger.New("http://"+*office+"/ledger", 5000, log)
	go l.Run(50 * time.Second)
	h := holds.New(2000, 100*time.Second, func(h *holds.Hold, paid bool) {
		l.Add(ledger.Entry{At: time.Now(), Hold: h.ID, Performance: h.Performance, Seats: h.Seats, Paid: paid})
	})
	f := feed.New("ws://"+*office+"/feed", log, func(c feed.Change) { m.Changed(c.Performance) })
	go f.Run(context.Background())
	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			kept, drawn := m.Stats()
			open, opened, expired := h.Stats()
			waiting, sent := l.Stats()
			connects, messages := f.Stats()
			log.Info("stats", zap.Int("age", int(time.Since(began).Seconds())), zap.Int("plans", kept), zap.Int64("drawn", drawn), zap.Int("holds", open), zap.Int("opened", opened), zap.Int("expired", expired),
				zap.Int("ledger", waiting), zap.Int("sent", sent), zap.Int64("connects", connects), zap.Int64("changes", messages), zap.Int("goroutines", runtime.NumGoroutine()))
		}
	}()
	log.Fatal("serve", zap.Error(http.ListenAndServe(*addr, web.Routes(m, h))))
}

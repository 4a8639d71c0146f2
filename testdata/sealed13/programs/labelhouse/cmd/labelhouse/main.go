// Command labelhouse prints the labels of a warehouse's parcels.
package main

import (
	"flag"
	"fmt"
	"net/http"
	_ "net/http/pprof"
	"runtime"
	"time"

	"go.uber.org/zap"

	"goods.example/labelhouse/internal/printer"
	"goods.example/labelhouse/internal/web"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7708", "address")
	hall := flag.String("hall", "http://127.0.0.1:7758", "where the printers are")
	n := flag.Int("printers", 9, "how many printers there are")
	flag.Parse()
	log, err := zap.NewProduction()
	if err != nil {
		panic(err)
	}
	var all []*printer.Printer
	for i := range *n {
		all = append(all, printer.New(i, fmt.Sprintf("%s/%d", *hall, i), log))
	}
	http.Handle("/printers/", web.Routes(all))
	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			var b, w, most int
			var done, no int64
			for _, p := range all {
				busy, waiting, printed, refused := p.Stats()
				b, w, done, no, most = b+busy, w+waiting, done+printed, no+refused, max(most, waiting)
			}
			log.Info("stats", zap.Int("age", int(time.Since(began).Seconds())), zap.Int("busy", b), zap.Int("waiting", w), zap.Int("waiting_at_one", most), zap.Int64("printed", done), zap.Int64("refused", no), zap.Int("goroutines", runtime.NumGoroutine()))
		}
	}()
	log.Fatal("serve", zap.Error(http.ListenAndServe(*addr, nil)))
}

// cellarlist is the wine list of a cellar, for merchants.
package main

import (
	"context"
	"flag"
	"net/http"
	"os"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"vintner.example/cellarlist/internal/labels"
	"vintner.example/cellarlist/internal/stock"
	"vintner.example/cellarlist/internal/web"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8080", "address")
	dsn := flag.String("db", "host=127.0.0.1 port=5432 user=cellar dbname=cellar sslmode=disable", "database")
	flag.Parse()
	log := zerolog.New(os.Stderr).With().Timestamp().Logger()
	c, err := stock.Open(*dsn)
	if err != nil {
		log.Fatal().Err(err).Msg("database")
	}
	s := &web.Shop{Cellar: c, Press: labels.NewPress(100 * time.Second), Log: log}
	go func() {
		for range time.Tick(time.Minute) {
			n, _ := c.Orders(context.Background(), time.Minute)
			log.Info().Int64("searches", atomic.LoadInt64(&s.Searches)).Int("labels", s.Press.Len()).Int("orders", n).
				Int("connections", c.Conns()).Int("goroutines", runtime.NumGoroutine()).Msg("minute")
		}
	}()
	log.Fatal().Err(http.ListenAndServe(*listen, s.Routes())).Msg("listen")
}

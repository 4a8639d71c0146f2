// Command inboxrules puts a town hall's mail into folders, by the rules of those who get it. The mail server hands it over by TCP, a mail a line.
//
//go:debug default=go1.27
package main

import (
	"context"
	"flag"
	"net/http"
	_ "net/http/pprof"
	"os"
	"runtime"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"post.example/inboxrules/internal/mail"
	"post.example/inboxrules/internal/rules"
	"post.example/inboxrules/internal/sorter"
)

func init() { runtime.MemProfileRate = 128 << 10 }

func main() {
	addr := flag.String("listen", "127.0.0.1:7607", "address for operators")
	intake := flag.String("intake", "127.0.0.1:7657", "address for the mail server")
	workers := flag.Int("workers", 4, "")
	flag.Parse()
	log := zerolog.New(os.Stderr).With().Timestamp().Logger()

	set := rules.Town(40)
	in := mail.NewIntake(*intake, 64)
	s := sorter.New(set, log.Level(zerolog.WarnLevel))

	g, ctx := errgroup.WithContext(context.Background())
	g.Go(func() error { return in.Serve(ctx) })
	for i := 0; i < *workers; i++ {
		g.Go(func() error { return s.Run(ctx, in.Mails()) })
	}
	g.Go(func() error { return http.ListenAndServe(*addr, nil) })

	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			log.Info().Str("age", time.Since(began).Round(time.Second).String()).Int64("mails", s.Sorted()).Int("folders", s.Folders()).
				Int64("patterns", set.Compiled()).Int("queue", len(in.Mails())).Msg("minute")
		}
	}()
	log.Fatal().Err(g.Wait()).Msg("ended")
}

//go:debug httpmuxgo121=0

// Command cdcpipe takes the tables of shops into PostgreSQL and feeds what changes to a search index.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"runtime"

	"github.com/jmoiron/sqlx"
	_ "github.com/lib/pq"

	"cdcpipe/feed"
	"cdcpipe/ingest"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		load(fmt.Sprintf("http://127.0.0.1:%d", pump.Port))
	}
	db, err := sqlx.Connect("postgres", fmt.Sprintf("host=127.0.0.1 port=%d user=postgres sslmode=disable", pump.Port+3))
	if err != nil {
		log.Fatal(err)
	}
	db.SetMaxIdleConns(8)
	if _, err := db.Exec(ingest.Schema); err != nil {
		log.Fatal(err)
	}
	in := ingest.New(db)
	f := feed.New(db)
	go f.Run()
	probe.Gauge("batches", in.Batches.Load)
	probe.Gauge("batches_refused", in.Refused.Load)
	probe.Gauge("rounds", f.Rounds.Load)
	probe.Gauge("fed", f.Fed.Load)
	probe.Gauge("connections", func() int64 { return int64(db.Stats().OpenConnections) })
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /shop/{shop}/articles", in.Articles)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), mux))
}

func load(base string) {
	pump.Run(pump.Wave(1.5, 8, 2), func(i int) {
		var as []ingest.Article
		for k := pump.Between(5, 60); k > 0; k-- {
			as = append(as, ingest.Article{No: rand.Intn(400), Name: pump.ID(pump.Between(10, 40)), Text: pump.ID(pump.Between(40, 500)), Cents: rand.Intn(100000)})
		}
		if i%9 == 0 {
			as[len(as)-1].Cents = -1
		}
		b, _ := json.Marshal(as)
		pump.Post(fmt.Sprintf("%s/shop/%d/articles", base, rand.Intn(12)), b)
	})
}

// newsdigest reads the papers' feeds, and brings out a digest.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net/http"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/robfig/cron/v3"

	"newsdesk.example/newsdigest/internal/edition"
	"newsdesk.example/newsdigest/internal/papers"
	"newsdesk.example/newsdigest/internal/pieces"
	"newsdesk.example/newsdigest/internal/web"
)

var failed int64

func read(d *papers.Desk, e *edition.Editor, p papers.Paper) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	items, err := d.Items(ctx, p)
	if err != nil {
		atomic.AddInt64(&failed, 1)
		return
	}
	for _, it := range items {
		photo := ""
		if len(it.Enclosures) > 0 {
			photo = it.Enclosures[0].URL
		}
		text, picture, err := d.Article(ctx, it.Link, photo)
		if err != nil {
			atomic.AddInt64(&failed, 1)
			continue
		}
		piece, err := pieces.Cut(p.Name, text, picture)
		if err != nil {
			atomic.AddInt64(&failed, 1)
			continue
		}
		e.Take(piece)
	}
}

func main() {
	runtime.MemProfileRate = 131072
	listen := flag.String("listen", "127.0.0.1:8080", "address")
	from := flag.String("papers", "http://127.0.0.1:8081", "address of the papers")
	n := flag.Int("n", 12, "papers")
	flag.Parse()
	d, e := papers.NewDesk(), edition.NewEditor()
	c := cron.New()
	for i := 0; i < *n; i++ {
		p := papers.Paper{Name: fmt.Sprint("Paper ", i), URL: fmt.Sprintf("%s/%d", *from, i)}
		c.AddFunc("@every 15s", func() { read(d, e, p) })
		time.Sleep(time.Second)
	}
	c.AddFunc("@every 3m", func() {
		if err := e.Print(); err != nil {
			log.Print(err)
		}
	})
	c.AddFunc("@every 1m", func() {
		p, next := e.Counts()
		log.Printf("printed %d next %d failed %d goroutines %d", p, next, atomic.LoadInt64(&failed), runtime.NumGoroutine())
	})
	c.Start()
	web.Routes(e)
	log.Fatal(http.ListenAndServe(*listen, nil))
}

// Command bookcovers draws covers for a library's books that have none.
//
//go:debug default=go1.27
package main

import (
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"
	"os"
	"runtime"
	"time"

	"shelf.example/bookcovers/covers"
	"shelf.example/bookcovers/stacks"
)

func init() { runtime.MemProfileRate = 1 << 16 }

func main() {
	if err := run(os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func run(args []string) error {
	fs := flag.NewFlagSet("bookcovers", flag.ExitOnError)
	listen := fs.String("listen", "127.0.0.1:7404", "")
	n := fs.Int("covers", 12500, "covers to have at hand")
	fs.Parse(args)

	lib := stacks.Open(240000)
	gallery := covers.NewGallery(lib, *n)
	http.Handle("GET /books/{isbn}/cover", gallery)
	http.HandleFunc("GET /books/{isbn}", func(w http.ResponseWriter, r *http.Request) {
		b, ok := lib.Find(r.PathValue("isbn"))
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Write([]byte(b.Title + "\n" + b.Author + "\n"))
	})
	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			held, thrown := gallery.Stats()
			log.Printf("age %v: %d covers, %d evicted", time.Since(began).Round(time.Second), held, thrown)
		}
	}()
	return http.ListenAndServe(*listen, nil)
}

// Command ledgerlv is the ledger of a small bank.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"os"

	"ledgerlv/ledger"
	"probe"
	"pump"
)

func main() {
	port := flag.Int("port", 22130, "first port")
	mode := flag.String("mode", "serve", "serve or load")
	flag.DurationVar(&pump.Span, "span", pump.Span, "length of the run")
	flag.Parse()
	if *mode == "load" {
		load(fmt.Sprintf("http://127.0.0.1:%d", *port))
	}
	dir, err := os.MkdirTemp("", "ledger")
	if err != nil {
		log.Fatal(err)
	}
	l, err := ledger.Open(dir)
	if err != nil {
		log.Fatal(err)
	}
	probe.Gauge("cursors_open", l.Cursors)
	probe.Gauge("pages", l.Paged.Load)
	probe.Gauge("read_to_the_end", l.Finished.Load)
	probe.Gauge("booked", l.Booked.Load)
	probe.Listen(*port + 1)
	http.HandleFunc("/book", l.Book)
	http.HandleFunc("/page", l.Page)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", *port), nil))
}

func load(base string) {
	go pump.Run(pump.Flat(60), func(i int) {
		pump.Post(fmt.Sprintf("%s/book?account=acc%03d", base, rand.Intn(100)), []byte(pump.ID(pump.Between(100, 900))))
	})
	pump.Run(pump.Flat(5), func(i int) {
		cursor := ""
		account := rand.Intn(100)
		for k := 0; ; k++ {
			b, _ := pump.Get(fmt.Sprintf("%s/page?n=20&account=acc%03d&cursor=%s", base, account, cursor))
			var page struct{ Next string }
			json.Unmarshal(b, &page)
			// Half of those who look read the first page and no more.
			if page.Next == "" || i%2 == 0 {
				return
			}
			cursor = page.Next
		}
	})
}

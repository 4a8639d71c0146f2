//go:debug httpmuxgo121=0

// Command feedmerge shows the news of many papers as one timeline.
package main

import (
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"runtime"
	"strings"

	"feedmerge/feed"
	"feedmerge/timeline"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		load(fmt.Sprintf("http://127.0.0.1:%d", pump.Port))
	}
	papers := feed.NewShelf(40, 120)
	desk := timeline.New(papers)
	probe.Gauge("merges_cut_short", desk.Cut.Load)
	probe.Gauge("merges_done", desk.Done.Load)
	probe.Gauge("guids", func() int64 { return int64(papers.Seen()) })
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /papers/{id}", papers.Receive)
	mux.HandleFunc("GET /timeline", desk.Show)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), mux))
}

func load(base string) {
	go pump.Run(pump.Flat(5), func(i int) {
		var b strings.Builder
		b.WriteString("<feed>")
		for k := pump.Between(3, 12); k > 0; k-- {
			fmt.Fprintf(&b, "<entry><guid>%s</guid><title>%s</title><body>%s</body></entry>", pump.ID(22), pump.ID(60), pump.ID(pump.Between(300, 2500)))
		}
		b.WriteString("</feed>")
		pump.Post(fmt.Sprintf("%s/papers/%d", base, rand.Intn(40)), []byte(b.String()))
	})
	pump.Run(pump.Wave(4, 16, 3), func(i int) {
		n, q := 5000, ""
		if i%24 == 0 {
			n = pump.Between(10, 60)
		}
		for k := 0; k < 3; k++ {
			q += fmt.Sprintf("&paper=%d", rand.Intn(40))
		}
		pump.Get(fmt.Sprintf("%s/timeline?limit=%d%s", base, n, q))
	})
}

//go:debug httpmuxgo121=0

// Command newswire sends news to papers as server-sent events.
package main

import (
	"context"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"strings"
	"time"

	"newswire/wire"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		base := fmt.Sprintf("http://127.0.0.1:%d/", pump.Port)
		go pump.Run(pump.Wave(0.3, 4, 3), func(i int) { // papers come and go
			ctx, cancel := context.WithTimeout(context.Background(), time.Duration(pump.Between(2, 16))*time.Second)
			defer cancel()
			req, _ := http.NewRequestWithContext(ctx, "GET", base+"stream/"+wire.Desks[rand.Intn(len(wire.Desks))], nil)
			req.Header.Set("Last-Event-ID", "99999999")
			if r, err := http.DefaultClient.Do(req); err == nil {
				buf := make([]byte, 16<<10)
				for err == nil {
					_, err = r.Body.Read(buf)
				}
				r.Body.Close()
			}
		})
		words := strings.Fields("the minister said today that talks on grain would go on until Friday while ports stay closed")
		pump.Run(pump.Flat(3.2), func(i int) {
			var b strings.Builder
			for n := pump.Between(1500, 14000); b.Len() < n; {
				b.WriteString(words[rand.Intn(len(words))] + " ")
			}
			pump.Post(base+"news/"+wire.Desks[rand.Intn(len(wire.Desks))], []byte(b.String()))
		})
	}
	s := wire.New()
	probe.Gauge("news", s.News.Load)
	probe.Listen(pump.Port + 1)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), s.Routes()))
}

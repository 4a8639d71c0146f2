//go:debug httpmuxgo121=0

// Command crashdesk is the support desk of a heating company; what goes wrong in it is told to sentry.
package main

import (
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"strings"
	"time"

	"crashdesk/desk"
	"crashdesk/report"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	switch pump.Mode {
	case "upstream":
		log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port+3), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(20 * time.Millisecond)
			fmt.Fprint(w, `{"id":"1"}`)
		})))
	case "load":
		base := fmt.Sprintf("http://127.0.0.1:%d/tickets/", pump.Port)
		pump.Run(pump.Wave(4, 30, 3), func(i int) {
			id := rand.Intn(4000)
			if rand.Intn(2) == 0 {
				pump.Post(fmt.Sprintf("%s%d/notes", base, id), []byte(strings.Repeat("The burner does not start. ", pump.Between(4, 700))))
			} else {
				pump.Get(fmt.Sprintf("%s%d", base, id))
			}
		})
	}
	if err := report.Start(fmt.Sprintf("http://key@127.0.0.1:%d/1", pump.Port+3)); err != nil {
		log.Fatal(err)
	}
	d := desk.New()
	probe.Gauge("notes", d.Notes.Load)
	probe.Gauge("looks", d.Looks.Load)
	probe.Gauge("failed", d.Failed.Load)
	probe.Gauge("left_open", func() int64 { return report.Begun.Load() - report.Ended.Load() })
	probe.Listen(pump.Port + 1)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), report.Middleware(d.Routes())))
}

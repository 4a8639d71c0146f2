//go:debug httpmuxgo121=0

// Command pressdesk holds the drafts of a newspaper.
package main

import (
	"fmt"
	"math/rand"
	"net/http"

	"drive"
	"pressdesk/journal"
	"pressdesk/press"
	"pressdesk/web"
	"probe"
)

func main() {
	drive.Flags()
	if drive.Mode == "load" {
		load()
		return
	}
	j := journal.New()
	d := press.New(j)
	probe.Gauge("open", j.Open)
	probe.Gauge("traces", j.Traces)
	probe.Listen(drive.Port + 1)
	panic(http.ListenAndServe(drive.Addr(0), web.Routes(d, j)))
}

func load() {
	draft := func(r *rand.Rand) string { return fmt.Sprintf("/drafts/%d", r.Intn(220)) }
	go drive.Run(31, drive.Wave(4, 16, 2), func(i int, r *rand.Rand) {
		drive.Post(drive.URL(draft(r)), []byte(drive.Text(r, drive.Between(r, 500, 6000))))
	})
	// one of five looks is at a draft that is not there
	drive.Run(32, drive.Wave(1.5, 4.5, 2), func(i int, r *rand.Rand) {
		p := draft(r)
		if r.Intn(5) == 0 {
			p = fmt.Sprintf("/drafts/%d", 220+r.Intn(80))
		}
		drive.Get(drive.URL(p + "/preview?trace=1"))
	})
}

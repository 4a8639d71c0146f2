package main

import (
	"math/rand"
	"net/http"
	"net/url"
	"strings"

	"drive"
	"partsfind/catalog"
	"partsfind/search"
	"probe"
)

func main() {
	drive.Flags()
	if drive.Mode == "load" {
		load()
		return
	}
	s := search.New(catalog.Make(6000), 300)
	probe.Gauge("listed", func() int64 { a, _ := s.Cached(); return int64(a) })
	probe.Gauge("indexed", func() int64 { _, b := s.Cached(); return int64(b) })
	probe.Listen(drive.Port + 1)
	panic(http.ListenAndServe(drive.Addr(0), s))
}

var nouns = strings.Fields("Bolt Nut Valve Pump Hose Filter Gasket Bearing Belt Chain Shaft Spring Screw Washer Seal Relay Fuse Lamp Motor Switch")
var kinds = strings.Fields("steel brass rubber long short heavy light left right front rear upper lower inner outer")

func load() {
	drive.Run(71, drive.Wave(8, 26, 2), func(i int, r *rand.Rand) {
		q := nouns[int(r.ExpFloat64()*5)%len(nouns)] + " " + kinds[int(r.ExpFloat64()*4)%len(kinds)]
		if r.Intn(2) == 0 {
			q += " " + kinds[r.Intn(len(kinds))]
		}
		if r.Intn(3) == 0 {
			q += " M" + string(rune('1'+r.Intn(9))) + string(rune('0'+r.Intn(10)))
		}
		if r.Intn(2) == 0 { // machines ask in lower case, people do not
			q = strings.ToLower(q)
		}
		drive.Get(drive.URL("/find?q=" + url.QueryEscape(q)))
	})
}

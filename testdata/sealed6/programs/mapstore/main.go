// Command mapstore serves pictures of maps from files.
package main

import (
	"fmt"
	"math/rand"
	"net/http"

	"drive"
	"mapstore/tiles"
	"mapstore/web"
	"probe"
)

func main() {
	drive.Flags()
	if drive.Mode == "load" {
		load()
		return
	}
	s := tiles.Open(drive.Dir+"/tiles", 9<<20)
	if err := s.Draw(1500); err != nil {
		panic(err)
	}
	probe.Gauge("served", s.Served)
	probe.Listen(drive.Port + 1)
	panic(http.ListenAndServe(drive.Addr(0), web.Handler(s)))
}

func load() {
	drive.Run(81, drive.Wave(6, 16, 2), func(i int, r *rand.Rand) {
		n := int(r.ExpFloat64()*420) % 1500
		drive.Get(drive.URL(fmt.Sprintf("/tile/%d/%d", n/40, n%40)))
	})
}

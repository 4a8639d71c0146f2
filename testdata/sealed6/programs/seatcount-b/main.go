//go:debug httpmuxgo121=0

// Command seatcount tells displays on platforms which seats of a train are free.
package main

import (
	"fmt"
	"math/rand"
	"net/http"

	"drive"
	"probe"
	"seatcount/seats"
	"seatcount/web"
)

func main() {
	drive.Flags()
	if drive.Mode == "load" {
		load()
		return
	}
	book := seats.Open(drive.Addr(3))
	probe.Gauge("boards", book.Boards)
	probe.Listen(drive.Port + 1)
	panic(http.ListenAndServe(drive.Addr(0), web.Routes(book)))
}

func load() {
	train := func(r *rand.Rand) int { return 100 + r.Intn(60) }
	go drive.Run(11, drive.Wave(6, 30, 2), func(i int, r *rand.Rand) {
		verb := "hold"
		if r.Intn(3) == 0 {
			verb = "free"
		}
		drive.Post(drive.URL(fmt.Sprintf("/trains/%d/%s?seat=%d&by=%s", train(r), verb, r.Intn(320), drive.ID(r, 8))), nil)
	})
	drive.Run(12, drive.Wave(4, 9, 2), func(i int, r *rand.Rand) {
		drive.Get(drive.URL(fmt.Sprintf("/trains/%d/board?platform=%d", train(r), r.Intn(14))))
	})
}

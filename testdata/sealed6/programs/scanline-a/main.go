//go:debug httpmuxgo121=0

// Command scanline reads scanned files of a land registry and says which parcels they name.
package main

import (
	"bytes"
	"math/rand"
	"net/http"
	"strconv"

	"drive"
	"probe"
	"scanline/pages"
	"scanline/web"
)

func main() {
	drive.Flags()
	if drive.Mode == "load" {
		load()
		return
	}
	probe.Gauge("open", pages.Open.Load)
	probe.Listen(drive.Port + 1)
	panic(http.ListenAndServe(drive.Addr(0), web.Routes()))
}

// file makes a file of some pages; a bad one has a page that is not text.
func file(r *rand.Rand, bad bool) []byte {
	var b bytes.Buffer
	n := drive.Between(r, 14, 40)
	for p := 0; p < n; p++ {
		if p > 0 {
			b.WriteByte('\f')
		}
		if bad && p == n/4 {
			b.Write([]byte{0xff, 0xfe, 0x00, 0xd8})
		}
		b.WriteString("parcel " + strconv.Itoa(r.Intn(90000)) + " ")
		b.WriteString(drive.Text(r, drive.Between(r, 600, 2200)))
	}
	return b.Bytes()
}

func load() {
	go drive.Run(21, drive.Wave(2, 14, 2), func(i int, r *rand.Rand) {
		drive.Post(drive.URL("/scan?office="+strconv.Itoa(r.Intn(9))), file(r, r.Intn(7) == 0))
	})
	drive.Run(22, drive.Wave(5, 20, 3), func(i int, r *rand.Rand) {
		drive.Get(drive.URL("/offices/" + strconv.Itoa(r.Intn(9))))
	})
}

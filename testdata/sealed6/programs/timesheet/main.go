//go:debug httpmuxgo121=0

// Command timesheet makes the time sheets of a builder as spreadsheets.
package main

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"net/http"
	"time"

	"drive"
	"probe"
	"timesheet/sheet"
	"timesheet/web"
)

func main() {
	drive.Flags()
	if drive.Mode == "load" {
		load()
		return
	}
	b := sheet.NewBureau(drive.Dir)
	probe.Gauge("rows", b.Rows)
	probe.Gauge("files", b.Files)
	probe.Listen(drive.Port + 1)
	panic(http.ListenAndServe(drive.Addr(0), web.Handler(b)))
}

// The weeks' sheets: when they are begun (a part of the run), how many rows they have, and how fast these come.
var weeks = []struct {
	at   float64
	rows int
	rate float64
}{{0.05, 3000, 120}, {0.33, 6000, 150}, {0.67, 13000, 120}}

func load() {
	go drive.Run(91, drive.Wave(5, 15, 2), func(i int, r *rand.Rand) {
		drive.Post(drive.URL("/check"), entry(r))
	})
	for n, w := range weeks {
		for drive.X() < w.at {
			time.Sleep(100 * time.Millisecond)
		}
		name := fmt.Sprintf("week%d", 40+n)
		r := rand.New(rand.NewSource(int64(92 + n)))
		began := time.Now()
		for i := 0; i < w.rows; i += 30 {
			var l []json.RawMessage
			for range 30 {
				l = append(l, entry(r))
			}
			b, _ := json.Marshal(l)
			drive.Post(drive.URL("/weeks/"+name), b)
			time.Sleep(time.Until(began.Add(time.Duration(float64(i+30) / w.rate * 1e9))))
		}
		drive.Post(drive.URL("/weeks/"+name+"/close"), nil)
	}
	select {}
}

func entry(r *rand.Rand) json.RawMessage {
	b, _ := json.Marshal(sheet.Entry{Worker: drive.ID(r, 8), Site: drive.Text(r, 20), Day: r.Intn(7), Hours: float64(r.Intn(20)) / 2, Note: drive.Text(r, drive.Between(r, 20, 160)), Trade: drive.Text(r, 10), Foreman: drive.ID(r, 8)})
	return b
}

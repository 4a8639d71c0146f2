//go:debug httpmuxgo121=0

// Command logship takes the logs of machines, shows the last lines of each, and ships them on.
package main

import (
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"runtime"
	"strings"

	"logship/lines"
	"logship/tap"
	"probe"
	"pump"
)

const machines = 36

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		load(fmt.Sprintf("http://127.0.0.1:%d", pump.Port))
	}
	b := lines.New(machines, 300)
	t := tap.New(b)
	probe.Gauge("lines", b.Lines.Load)
	probe.Gauge("kept", func() int64 { return int64(b.Len()) })
	probe.Gauge("places", func() int64 { return machines * 300 })
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /log/{machine}", t.Take)
	mux.HandleFunc("GET /log/{machine}", t.Last)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), mux))
}

// load: machines say more or less, the first ten times as much as the last.
func load(base string) {
	go pump.Run(pump.Wave(1, 9, 2), func(i int) { pump.Get(fmt.Sprintf("%s/log/%d", base, rand.Intn(machines))) })
	pump.Run(pump.Wave(6, 24, 2), func(i int) {
		m := rand.Intn(machines)
		if rand.Intn(3) == 0 {
			m = rand.Intn(machines / 3)
		}
		var b strings.Builder
		for k := pump.Between(1, 6); k > 0; k-- {
			b.WriteString(pump.ID(pump.Between(200, 2600)) + "\n")
		}
		pump.Post(fmt.Sprintf("%s/log/%d", base, m), []byte(b.String()))
	})
}

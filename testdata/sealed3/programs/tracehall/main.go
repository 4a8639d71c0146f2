//go:debug httpmuxgo121=0

// Command tracehall takes voice notes of doctors and writes down what they say.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"runtime"

	"go.opencensus.io/plugin/ochttp"
	"go.opencensus.io/trace"
	"go.opencensus.io/zpages"

	"probe"
	"pump"
	"tracehall/hall"
	"tracehall/tape"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		base := fmt.Sprintf("http://127.0.0.1:%d", pump.Port)
		go pump.Run(pump.Flat(1), func(i int) { pump.Get(base + "/status") })
		pump.Run(pump.Wave(14, 44, 2.5), func(i int) {
			kind := "wav"
			if i%4 == 0 {
				kind = "amr"
			}
			pump.Post(fmt.Sprintf("%s/notes/%s?ward=%s", base, kind, pump.ID(4)), []byte(pump.ID(pump.Between(500, 9000))))
		})
	}
	trace.ApplyConfig(trace.Config{DefaultSampler: trace.ProbabilitySampler(.05)})
	root, cancel := context.WithCancel(context.Background())
	defer cancel()
	d := tape.NewDeck(root)
	h := hall.New(d)
	probe.Gauge("notes", h.Notes.Load)
	probe.Gauge("refused", h.Refused.Load)
	probe.Gauge("decks", d.Runs.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	zpages.Handle(http.DefaultServeMux, "/debug")
	probe.Listen(pump.Port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /notes/{kind}", h.Note)
	mux.HandleFunc("GET /status", h.Status)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), &ochttp.Handler{Handler: mux}))
}

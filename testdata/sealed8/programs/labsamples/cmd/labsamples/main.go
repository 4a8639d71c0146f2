// Command labsamples follows blood samples through a laboratory.
//
//go:debug default=go1.27
package main

import (
	"encoding/json"
	"flag"
	"io"
	"log"
	"net/http"
	_ "net/http/pprof"

	"lab.example/labsamples/internal/bench"
	"lab.example/labsamples/internal/device"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7202", "")
	flag.Parse()
	b := bench.New()
	line := device.Start(b, 5)
	http.HandleFunc("POST /samples/{tube}", func(w http.ResponseWriter, r *http.Request) {
		form, err := io.ReadAll(io.LimitReader(r.Body, 1<<15))
		if err != nil {
			http.Error(w, err.Error(), 400)
			return
		}
		s := b.Admit(r.PathValue("tube"), form)
		line.Load(s)
		json.NewEncoder(w).Encode(map[string]any{"tube": s.Tube, "place": s.Place})
	})
	http.HandleFunc("GET /bench", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(b.Status())
	})
	log.Fatal(http.ListenAndServe(*addr, nil))
}

// Command pagerhall calls volunteers of a fire brigade by their pagers.
//
//go:debug default=go1.27
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net/http"
	_ "net/http/pprof"

	"alarm.example/pagerhall/internal/dispatch"
	"alarm.example/pagerhall/internal/hydrants"
	"alarm.example/pagerhall/internal/radio"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7310", "")
	sheets := flag.Int("sheets", 9500, "maps of hydrants to have at hand")
	flag.Parse()
	maps, err := hydrants.New(*sheets)
	if err != nil {
		log.Fatal(err)
	}
	hall := dispatch.New(radio.New(4))

	http.HandleFunc("POST /calls", func(w http.ResponseWriter, r *http.Request) {
		var c dispatch.Call
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(&c); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		fmt.Fprintln(w, hall.Alarm(&c), "paged")
	})
	http.HandleFunc("GET /hydrants/{street}", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(maps.Near(r.PathValue("street")).Points[:20])
	})
	http.HandleFunc("GET /hydrants/{street}/nearest", func(w http.ResponseWriter, r *http.Request) {
		s := maps.Near(r.PathValue("street"))
		fmt.Fprintf(w, "%s: %.0f m, %d l/min\n", s.Street, s.Points[0].Metres, s.Points[0].Litres)
	})
	http.HandleFunc("GET /duty", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(hall.Duty())
	})
	log.Fatal(http.ListenAndServe(*addr, nil))
}

// Command tidetables answers when the water is high in a port.
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
	"strconv"
	"time"

	"coast.example/tidetables/internal/desk"
	"coast.example/tidetables/internal/harmonics"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7401", "")
	keep := flag.Duration("keep", 5*time.Minute, "how long a day's table is kept")
	flag.Parse()
	d := desk.New(harmonics.Load(400), *keep)

	table := func(w http.ResponseWriter, r *http.Request) (*harmonics.Table, bool) {
		day, err := strconv.Atoi(r.PathValue("day"))
		if err != nil {
			http.Error(w, "no such day", http.StatusBadRequest)
			return nil, false
		}
		t, err := d.Table(r.PathValue("port"), day)
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return nil, false
		}
		return t, true
	}
	http.HandleFunc("GET /ports/{port}/days/{day}", func(w http.ResponseWriter, r *http.Request) {
		if t, ok := table(w, r); ok {
			json.NewEncoder(w).Encode(t.Hours())
		}
	})
	http.HandleFunc("GET /ports/{port}/days/{day}/turns", func(w http.ResponseWriter, r *http.Request) {
		if t, ok := table(w, r); ok {
			for _, p := range t.Turns() {
				fmt.Fprintf(w, "%s %.2f m\n", p.At.Format("15:04"), p.Metres)
			}
		}
	})
	go func() {
		began := time.Now()
		for range time.Tick(time.Minute) {
			log.Printf("age %v: %d tables", time.Since(began).Round(time.Second), d.Len())
		}
	}()
	log.Fatal(http.ListenAndServe(*addr, nil))
}

// Command fridgelog collects how cold the fridges with vaccines are, and sends it sealed to the health office.
//
//go:debug default=go1.27
package main

import (
	"encoding/json"
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"
	"time"

	"cold.example/fridgelog/internal/fridge"
	"cold.example/fridgelog/internal/keyring"
	"cold.example/fridgelog/internal/uplink"
)

func main() {
	var (
		addr   = flag.String("listen", "127.0.0.1:7412", "")
		good   = flag.Duration("session", 15*time.Minute, "how long a session with the office is good")
		rotate = flag.Duration("rotate", 4*time.Minute, "how often the key is changed")
	)
	flag.Parse()
	ring := keyring.New(*rotate)
	link := uplink.Dial(ring, *good)
	store := fridge.NewStore(300, 200)
	http.HandleFunc("POST /fridges/{fridge}/readings", func(w http.ResponseWriter, r *http.Request) {
		var in []fridge.Reading
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<15)).Decode(&in); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		b, err := store.Note(r.PathValue("fridge"), in)
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		link.Send(b)
		w.WriteHeader(http.StatusAccepted)
	})
	http.HandleFunc("GET /fridges/{fridge}", func(w http.ResponseWriter, r *http.Request) {
		rs, err := store.Last(r.PathValue("fridge"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		json.NewEncoder(w).Encode(rs)
	})
	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			sent, sessions := link.Counts()
			log.Printf("age %v: %d sent, %d sessions, %d hooks", time.Since(began).Round(time.Second), sent, sessions, ring.Hooks())
		}
	}()
	log.Fatal(http.ListenAndServe(*addr, nil))
}

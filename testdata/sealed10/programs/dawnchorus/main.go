// Dawnchorus takes in clips of birdsong, and says which earlier clips sound the same.
//
//go:debug default=go1.27
package main

import (
	"encoding/json"
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"
	"strconv"
	"time"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7411", "address")
	flag.Parse()
	s := newStudio()
	http.HandleFunc("POST /sites/{site}/clips", func(w http.ResponseWriter, r *http.Request) {
		site, err := strconv.Atoi(r.PathValue("site"))
		if err != nil || site < 0 || site >= sites {
			http.NotFound(w, r)
			return
		}
		clip, err := readClip(r.Body, r.ContentLength)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		id, alike := s.add(site, clip)
		json.NewEncoder(w).Encode(map[string]any{"id": id, "alike": alike, "species": guess(clip)})
	})
	http.HandleFunc("GET /sites/{site}/spectrum", func(w http.ResponseWriter, r *http.Request) {
		site, _ := strconv.Atoi(r.PathValue("site"))
		if site < 0 || site >= sites {
			http.NotFound(w, r)
			return
		}
		json.NewEncoder(w).Encode(s.spectrum(site))
	})
	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			log.Printf("age %v: %d clips", time.Since(began).Round(time.Second), s.clips())
		}
	}()
	log.Fatal(http.ListenAndServe(*addr, nil))
}

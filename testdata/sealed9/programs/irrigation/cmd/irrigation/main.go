// Command irrigation waters the fields of a cooperative.
//
//go:debug default=go1.27
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	_ "net/http/pprof"
	"os/signal"
	"runtime"
	"syscall"

	"farm.example/irrigation/internal/fields"
	"farm.example/irrigation/internal/valves"
)

func init() { runtime.MemProfileRate = 64 << 10 }

func main() {
	addr := flag.String("listen", "127.0.0.1:7311", "")
	flag.Parse()
	base, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	land := fields.Survey(600)
	water := valves.New(base, land)

	http.HandleFunc("POST /fields/{field}/watering", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Millimetres, Zones int }
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4096)).Decode(&in); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		n, err := water.Start(r.PathValue("field"), in.Millimetres, in.Zones)
		if err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
			return
		}
		w.WriteHeader(http.StatusAccepted)
		fmt.Fprintln(w, n)
	})
	http.HandleFunc("DELETE /fields/{field}/watering", func(w http.ResponseWriter, r *http.Request) {
		if !water.Stop(r.PathValue("field")) {
			http.Error(w, "not being watered", http.StatusNotFound)
		}
	})
	http.HandleFunc("GET /fields/{field}", func(w http.ResponseWriter, r *http.Request) {
		f, err := land.Find(r.PathValue("field"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		json.NewEncoder(w).Encode(f.Moisture())
	})
	http.HandleFunc("GET /running", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(water.Running())
	})
	s := &http.Server{Addr: *addr}
	go func() {
		<-base.Done()
		s.Shutdown(context.Background())
	}()
	if err := s.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}

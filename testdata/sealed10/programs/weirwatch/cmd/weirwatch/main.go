// Command weirwatch watches the level of rivers for people who live by them.
//
//go:debug default=go1.27
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"
	"runtime"
	"strconv"
	"time"

	"river.example/weirwatch/internal/gauge"
	"river.example/weirwatch/internal/watch"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7406", "")
	flag.Parse()
	river := gauge.Start(60, 2*time.Second)
	tower := watch.NewTower(context.Background(), river)

	http.HandleFunc("POST /watches", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		station, err1 := strconv.Atoi(q.Get("station"))
		minutes, err2 := strconv.Atoi(q.Get("minutes"))
		limit, err3 := strconv.ParseFloat(q.Get("limit"), 64)
		if err := errors.Join(err1, err2, err3); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		id, err := tower.Begin(station, limit, time.Duration(minutes)*time.Minute)
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		w.Write(strconv.AppendInt(nil, id, 10))
	})
	http.HandleFunc("DELETE /watches/{id}", func(w http.ResponseWriter, r *http.Request) {
		id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
		if !tower.End(id) {
			http.NotFound(w, r)
		}
	})
	http.HandleFunc("GET /watches/{id}", func(w http.ResponseWriter, r *http.Request) {
		id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
		s, ok := tower.Seen(id)
		if !ok {
			http.NotFound(w, r)
			return
		}
		json.NewEncoder(w).Encode(s)
	})
	http.HandleFunc("GET /stations/{station}", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.PathValue("station"))
		json.NewEncoder(w).Encode(river.Level(n))
	})
	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			log.Printf("age %v: %d watches, %d goroutines", time.Since(began).Round(time.Second), tower.Len(), runtime.NumGoroutine())
		}
	}()
	log.Fatal(http.ListenAndServe(*addr, nil))
}

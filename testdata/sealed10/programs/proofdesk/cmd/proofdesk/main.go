// Command proofdesk makes proofs of what customers have printed.
//
//go:debug default=go1.27
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	_ "net/http/pprof"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"print.example/proofdesk/internal/meter"
	"print.example/proofdesk/internal/press"
)

func init() { runtime.MemProfileRate = 65536 }

func main() {
	addr := flag.String("listen", "127.0.0.1:7410", "")
	flag.Parse()
	m := meter.New()
	p := press.New(m)
	http.Handle("GET /metrics", promhttp.HandlerFor(m.Registry(), promhttp.HandlerOpts{}))
	http.HandleFunc("POST /jobs", func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<16))
		if err != nil {
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
			return
		}
		j := p.Accept(b)
		w.Header().Set("Location", fmt.Sprint("/jobs/", j.ID))
		w.WriteHeader(http.StatusCreated)
	})
	http.HandleFunc("GET /jobs/{id}/proof", func(w http.ResponseWriter, r *http.Request) {
		id, _ := strconv.Atoi(r.PathValue("id"))
		pic, ok := p.Proof(id)
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "image/x-portable-graymap")
		w.Write(pic)
	})
	http.HandleFunc("GET /recent", func(w http.ResponseWriter, r *http.Request) {
		for _, id := range p.Recent(20) {
			fmt.Fprintln(w, id)
		}
	})
	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			jobs, all := p.Counts()
			log.Printf("age %v: %d jobs on the desk, %d ever", time.Since(began).Round(time.Second), jobs, all)
		}
	}()
	log.Fatal(http.ListenAndServe(*addr, nil))
}

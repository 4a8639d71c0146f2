package main

import (
	"log"
	"net/http"
	_ "net/http/pprof"
	"os"
)

// put beside webhook's own files, so that it serves its profiles too
func init() {
	if a := os.Getenv("PPROF"); a != "" {
		go func() { log.Fatal(http.ListenAndServe(a, nil)) }()
	}
}

package main

// Put beside cmd/pebble/main.go of letsencrypt/pebble v2.10.1; nothing else of it is changed.

import (
	"net/http"
	_ "net/http/pprof"
	"os"
)

func init() {
	if a := os.Getenv("PPROF_LISTEN"); a != "" {
		go http.ListenAndServe(a, nil)
	}
}

package main

// Beside the files of a server that serves no profiles of its own: PPROF is the address, RATE the sampling rate.

import (
	"net/http"
	_ "net/http/pprof"
	"os"
	"runtime"
	"strconv"
)

var _ = func() bool {
	if n, err := strconv.Atoi(os.Getenv("RATE")); err == nil {
		runtime.MemProfileRate = n
	}
	go http.ListenAndServe(os.Getenv("PPROF"), nil)
	return true
}()

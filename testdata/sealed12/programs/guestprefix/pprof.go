package main

import (
	"net/http"
	_ "net/http/pprof"
	"os"
)

// serves profiles beside the DHCP server, on the address in PPROF
func init() {
	go http.ListenAndServe(os.Getenv("PPROF"), nil)
}

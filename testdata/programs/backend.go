// The other side of the programs that are HTTP clients: a server on loopback, in a process of its own, so
// that a profile holds the client alone.
package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
)

const asBackend = "RUN_AS_BACKEND"

// backend is kept here so that nobody collects, and so closes, the pipe to its standard input.
var backend *exec.Cmd

// startBackend starts this program once more, as a server with the given handler, and returns its URL.
// It comes first in main: the second process does not return from it, and ends with the first one.
func startBackend(handle http.HandlerFunc) string {
	if os.Getenv(asBackend) != "" {
		runBackend(handle)
	}
	self, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	backend = exec.Command(self)
	backend.Env = append(os.Environ(), asBackend+"=yes")
	backend.Stderr = os.Stderr
	if _, err := backend.StdinPipe(); err != nil { // closed when this process ends
		log.Fatal(err)
	}
	output, err := backend.StdoutPipe()
	if err != nil {
		log.Fatal(err)
	}
	if err := backend.Start(); err != nil {
		log.Fatal(err)
	}
	address, err := bufio.NewReaderSize(output, 64).ReadString('\n')
	if err != nil {
		log.Fatal(err)
	}
	return "http://" + strings.TrimSpace(address)
}

func runBackend(handle http.HandlerFunc) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr())
	go func() { log.Fatal(http.Serve(listener, handle)) }()
	io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

// The harness that every service here is built with, beside the recorder: it serves the handler on a loopback port, and
// starts itself once more as the clients and as the service upstream.
package main

import (
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"time"
)

// upstreamAddr is where the child process answers as an upstream service.
var upstreamAddr string

// run serves handler, lets a child process send requests to it, so many a second on average, and records.
func run(handler http.Handler, perSecond float64, request func(base string, i int) *http.Request) {
	r := openRecorder()
	if base := os.Getenv("HARNESS_BASE"); base != "" {
		go serveUpstream(os.Getenv("HARNESS_UPSTREAM"))
		drive(base, perSecond, request)
		return
	}
	l := listen()
	u := listen()
	upstreamAddr = u.Addr().String()
	u.Close()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "HARNESS_BASE=http://"+l.Addr().String(), "HARNESS_UPSTREAM="+upstreamAddr)
	in, err := child.StdinPipe() // the child ends when its parent does
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		panic(err)
	}
	defer in.Close()
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	go server.Serve(l)
	r.run()
	child.Process.Kill()
}

func listen() net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	return l
}

func serveUpstream(addr string) {
	http.ListenAndServe(addr, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/hang":
			<-r.Context().Done()
		case "/fail":
			w.WriteHeader(http.StatusBadGateway)
			w.Write(make([]byte, 64<<10))
		default:
			w.Write(make([]byte, 2<<10))
		}
	}))
}

// drive sends requests at random moments, without waiting for the answers to those before.
func drive(base string, perSecond float64, request func(string, int) *http.Request) {
	go func() { io.Copy(io.Discard, os.Stdin); os.Exit(0) }()
	client := &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	slots := make(chan struct{}, 400)
	due := time.Now()
	for i := 0; ; i++ {
		due = due.Add(time.Duration(rand.ExpFloat64() / perSecond * float64(time.Second)))
		time.Sleep(time.Until(due))
		slots <- struct{}{}
		go func() {
			defer func() { <-slots }()
			resp, err := client.Do(request(base, i))
			if err == nil {
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		}()
	}
}

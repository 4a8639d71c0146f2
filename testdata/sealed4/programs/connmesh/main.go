//go:debug httpmuxgo121=0

// Command connmesh is a site of a warehouse company: other sites keep connections to it, and it hands out work to them.
package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"math/rand"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"connmesh/peers"
	"connmesh/work"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	store := fmt.Sprintf("127.0.0.1:%d", pump.Port+3)
	switch pump.Mode {
	case "upstream":
		upstream(store)
	case "load":
		load()
	}
	s := peers.New()
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", pump.Port+4))
	if err != nil {
		log.Fatal(err)
	}
	go s.Serve(l)
	p, err := work.New(store, 4, 40)
	if err != nil {
		log.Fatal(err)
	}
	probe.Gauge("peers", s.Peers.Load)
	probe.Gauge("peers_came", s.Came.Load)
	probe.Gauge("workers", p.Workers.Load)
	probe.Gauge("done", p.Done.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /pick/{shelf}", p.Pick)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), mux))
}

// upstream is the store of shelves: a line for each line.
func upstream(addr string) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		log.Fatal(err)
	}
	for {
		c, err := l.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			defer c.Close()
			for r := bufio.NewScanner(c); r.Scan(); {
				time.Sleep(time.Duration(pump.Between(200, 900)) * time.Millisecond)
				fmt.Fprintln(c, strings.ToUpper(pump.ID(200)))
			}
		}()
	}
}

func load() {
	// sites connect one after the other, stay, and come again when the connection is lost
	var dialed atomic.Int64
	site := func(i int) {
		for {
			c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", pump.Port+4))
			if err != nil {
				time.Sleep(time.Second)
				continue
			}
			dialed.Add(1)
			fmt.Fprintf(c, "site-%03d\n", i)
			go func() {
				for {
					time.Sleep(time.Duration(pump.Between(2000, 6000)) * time.Millisecond)
					if _, err := fmt.Fprintln(c, pump.ID(pump.Between(100, 2000))); err != nil {
						return
					}
				}
			}()
			io.Copy(io.Discard, c)
			c.Close()
			time.Sleep(time.Duration(pump.Between(200, 3000)) * time.Millisecond)
		}
	}
	go func() {
		for i := 0; i < 150; i++ {
			go site(i)
			time.Sleep(time.Duration(float64(pump.Span) * .62 / 150))
		}
	}()
	pump.Run(pump.Wave(6, 70, 2.5), func(i int) {
		pump.Post(fmt.Sprintf("http://127.0.0.1:%d/pick/%d", pump.Port, rand.Intn(9000)), nil)
	})
}

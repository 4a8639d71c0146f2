// Command faredge works out fares; it asks a slow machine for the rates.
package main

import (
	"bufio"
	"fmt"
	"math/rand"
	"net"
	"net/http"
	"time"

	"drive"
	"faredge/fares"
	"faredge/rail"
	"probe"
)

func main() {
	drive.Flags()
	switch drive.Mode {
	case "load":
		load()
		return
	case "upstream":
		upstream()
		return
	}
	lines := rail.New(drive.Addr(3), 120)
	d := fares.New(lines)
	probe.Gauge("lines", lines.Size)
	probe.Gauge("open", d.Open)
	probe.Gauge("answered", d.Answered)
	probe.Listen(drive.Port + 1)
	panic(http.ListenAndServe(drive.Addr(0), d))
}

// upstream answers each line after a second or so.
func upstream() {
	l, err := net.Listen("tcp", drive.Addr(3))
	if err != nil {
		panic(err)
	}
	for {
		c, err := l.Accept()
		if err != nil {
			continue
		}
		go func() {
			defer c.Close()
			s := bufio.NewScanner(c)
			for s.Scan() {
				time.Sleep(time.Duration(700+rand.Intn(1100)) * time.Millisecond)
				fmt.Fprintf(c, "rate %d\n", 100+rand.Intn(80))
			}
		}()
	}
}

func load() {
	drive.Run(101, drive.Ramp(3, 42), func(i int, r *rand.Rand) {
		drive.Get(drive.URL(fmt.Sprintf("/fare?from=%d&to=%d&date=2026-12-%02d&people=%d", r.Intn(300), r.Intn(300), 1+r.Intn(28), 1+r.Intn(5))))
	})
}

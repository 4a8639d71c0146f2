// Command tunnelr is the hub of a remote maintenance service.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"net"
	"net/http"
	"runtime"
	"time"

	"github.com/hashicorp/yamux"
	"probe"
	"pump"
	"tunnelr/hub"
)

func main() {
	port := flag.Int("port", 22090, "first port")
	mode := flag.String("mode", "serve", "serve or load")
	flag.DurationVar(&pump.Span, "span", pump.Span, "length of the run")
	flag.Parse()
	if *mode == "load" {
		load(*port)
	}
	h := hub.New()
	probe.Gauge("sessions_open", h.Sessions.Load)
	probe.Gauge("agents", h.Len)
	probe.Gauge("replaced_not_closed", h.Replaced.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(*port + 1)
	http.HandleFunc("/ping", func(w http.ResponseWriter, r *http.Request) {
		d, err := h.Ping(r.FormValue("agent"))
		if err != nil {
			http.Error(w, err.Error(), 502)
			return
		}
		fmt.Fprintln(w, d)
	})
	go http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", *port+2), nil)
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(h.Listen(l))
}

// dial is an agent's tunnel.
func dial(port int, name string) *yamux.Session {
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil
	}
	cfg := yamux.DefaultConfig()
	cfg.EnableKeepAlive = false
	s, err := yamux.Client(c, cfg)
	if err != nil {
		return nil
	}
	st, err := s.OpenStream()
	if err != nil {
		return nil
	}
	fmt.Fprintln(st, name)
	st.Close()
	go func() {
		for {
			st, err := s.AcceptStream()
			if err != nil {
				return
			}
			bufio.NewReader(st).ReadString('\n')
			fmt.Fprintln(st, "pong")
			st.Close()
		}
	}()
	return s
}

func load(port int) {
	const agents = 60
	now := make(chan []*yamux.Session, 1)
	ss := make([]*yamux.Session, agents)
	for i := range ss {
		ss[i] = dial(port, fmt.Sprintf("agent-%03d", i))
	}
	now <- ss
	var lost []*yamux.Session // the peers are gone, but no packet says so
	go pump.Run(func() float64 { return 0.55 + 0.45*pump.X() }, func(i int) {
		a := rand.Intn(agents)
		s := dial(port, fmt.Sprintf("agent-%03d", a))
		ss := <-now
		if i%5 == 0 {
			ss[a].Close() // this one is told to go
		} else {
			lost = append(lost, ss[a])
		}
		ss[a] = s
		now <- ss
	})
	go pump.Run(pump.Flat(12), func(i int) {
		ss := <-now
		s := ss[rand.Intn(agents)]
		now <- ss
		st, err := s.OpenStream()
		if err != nil {
			return
		}
		defer st.Close()
		for k := 0; k < 10; k++ {
			st.Write(make([]byte, pump.Between(500, 9000)))
			time.Sleep(time.Duration(rand.Intn(80)) * time.Millisecond)
		}
	})
	pump.Run(pump.Flat(3), func(i int) {
		pump.Get(fmt.Sprintf("http://127.0.0.1:%d/ping?agent=agent-%03d", port+2, rand.Intn(agents)))
	})
}

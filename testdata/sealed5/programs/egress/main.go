// Command egress is the proxy through which the tills of a bakery chain reach the world.
package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"math/rand"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"time"

	"egress/proxy"
	"probe"
	"pump"
)

func world(at string) {
	l, err := net.Listen("tcp", at)
	if err != nil {
		log.Fatal(err)
	}
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() { // says back what it hears, and answers requests in the clear
			defer c.Close()
			r := bufio.NewReader(c)
			for {
				line, err := r.ReadString('\n')
				if err != nil {
					return
				}
				if len(line) > 4 && line[:4] == "GET " {
					for line != "\r\n" && err == nil {
						line, err = r.ReadString('\n')
					}
					n := pump.Between(1000, 30000)
					fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", n)
					c.Write(make([]byte, n))
					continue
				}
				c.Write([]byte(line))
			}
		}()
	}
}

func tunnel(at, to string, forget bool) {
	c, err := net.Dial("tcp", at)
	if err != nil {
		return
	}
	fmt.Fprintf(c, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", to, to)
	r := bufio.NewReader(c)
	if resp, err := http.ReadResponse(r, nil); err != nil || resp.StatusCode != 200 {
		c.Close()
		return
	}
	for range pump.Between(2, 20) {
		io.WriteString(c, pump.ID(300)+"\n")
		if _, err := r.ReadString('\n'); err != nil {
			break
		}
		time.Sleep(time.Duration(pump.Between(50, 600)) * time.Millisecond)
	}
	if forget { // the till was switched off: nobody closes anything
		kept <- c
		return
	}
	c.Close()
}

var kept = make(chan net.Conn, 10000)

func main() {
	pump.Flags()
	at, to := fmt.Sprintf("127.0.0.1:%d", pump.Port), fmt.Sprintf("127.0.0.1:%d", pump.Port+3)
	switch pump.Mode {
	case "upstream":
		world(to)
	case "load":
		go func() {
			for range time.Tick(2 * time.Second) {
				fmt.Println("left", pump.X(), len(kept))
			}
		}()
		u, _ := url.Parse("http://" + at)
		web := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{Proxy: http.ProxyURL(u), MaxIdleConnsPerHost: 4}}
		go pump.Run(pump.Wave(2, 20, 2), func(i int) {
			if r, err := web.Get(fmt.Sprintf("http://%s/%d", to, rand.Intn(2000))); err == nil {
				io.Copy(io.Discard, r.Body)
				r.Body.Close()
			}
		})
		pump.Run(pump.Wave(0.5, 5, 2), func(i int) { tunnel(at, to, rand.Intn(4) == 0) })
	}
	p := proxy.New()
	probe.Gauge("requests", p.Requests.Load)
	probe.Gauge("tunnels", p.Tunnels.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	log.Fatal(http.ListenAndServe(at, p.Handler()))
}

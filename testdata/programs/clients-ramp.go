// Chat server. Each client has a connection, a goroutine and a buffer for as long as it stays, eight seconds on average.
// BENIGN: there are more and more clients till the very end.
package main

import (
	"bufio"
	"fmt"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"time"
)

// visitors is the other side: more and more clients, that say something every second or so.
func visitors(_ http.ResponseWriter, r *http.Request) {
	address := r.FormValue("address")
	arrivals(func(t time.Duration) float64 { return 1 + t.Seconds()/4 }, func() {
		go func() {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				return
			}
			defer conn.Close()
			leaves := time.After(time.Duration(4+rand.IntN(8)) * time.Second)
			for {
				fmt.Fprintln(conn, "hello")
				select {
				case <-leaves:
					return
				case <-time.After(time.Second):
				}
			}
		}()
	})
}

func main() {
	others := startBackend(visitors)
	recorder := openRecorder()
	startShop(1)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go accept(listener)
	started, err := http.Get(others + "?address=" + listener.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	started.Body.Close()
	recorder.run()
}

func accept(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go chat(conn)
	}
}

func chat(conn net.Conn) {
	defer conn.Close()
	lines := bufio.NewReaderSize(conn, 64<<10)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		_ = line
	}
}

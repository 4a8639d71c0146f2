// Chat server over connections that stay open for long.
// BENIGN: clients come during the first three fifths, and from then on one comes when another one goes.
package main

import (
	"bufio"
	"io"
	"math/rand/v2"
	"net"
	"time"
)

func main() {
	recorder := openRecorder()
	startShop(0.5)
	full := recorder.span() * 6 / 10
	places := make(chan struct{}, 1000)
	arrivals(func(t time.Duration) float64 {
		if t > full {
			return 0.0001
		}
		return 3.2
	}, func() { connect(places) })
	go func() {
		for range places { // somebody has gone: somebody else comes
			connect(places)
		}
	}()
	recorder.run()
}

// connect is a client that comes, and the server's side of its connection.
func connect(gone chan<- struct{}) {
	client, server := net.Pipe()
	go serve(server)
	go func() {
		visit(client)
		gone <- struct{}{}
	}()
}

// visit says something now and then, for some seconds.
func visit(client net.Conn) {
	stay := time.Now().Add(time.Duration(20+rand.IntN(80)) * time.Second)
	for time.Now().Before(stay) {
		io.WriteString(client, "hello\n")
		pause(2 * time.Second)
	}
	client.Close()
}

func serve(conn net.Conn) {
	defer conn.Close()
	lines := bufio.NewReaderSize(conn, 48<<10)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		_ = line
	}
}

// Chat server over connections that stay open for long.
// LEAK: a client that goes away says nothing, and the server reads from its connection for ever.
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
	steadily(2.6, connect)
	recorder.run()
}

// connect is a client that comes, and the server's side of its connection.
func connect() {
	client, server := net.Pipe()
	go serve(server)
	go visit(client)
}

// visit says something now and then, for some seconds.
func visit(client net.Conn) {
	stay := time.Now().Add(time.Duration(5+rand.IntN(25)) * time.Second)
	for time.Now().Before(stay) {
		io.WriteString(client, "hello\n")
		pause(2 * time.Second)
	}
	kept.Add(1)
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

// Intake. Scales send their weights over TCP, a line each.
// LEAK: a connection has no deadline for reading, and one scale in three goes without a word.
package main

import (
	"bufio"
	"fmt"
	"log"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"time"
)

type intake struct {
	weights chan string
}

func main() {
	if address := os.Getenv("SCALES"); address != "" {
		weigh(address)
		return
	}
	recorder := openRecorder()
	startShop(1)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	scales := exec.Command("/proc/self/exe")
	scales.Env = []string{"SCALES=" + listener.Addr().String()}
	if _, err := scales.StdinPipe(); err != nil {
		log.Fatal(err)
	}
	if err := scales.Start(); err != nil {
		log.Fatal(err)
	}
	in := &intake{weights: make(chan string, 8)}
	go func() {
		for range in.weights {
		}
	}()
	go in.listen(listener)
	recorder.run()
	scales.Process.Kill()
}

// weigh is the other side: scales that come for a second, or for ever.
func weigh(address string) {
	go func() {
		os.Stdin.Read(make([]byte, 1))
		os.Exit(0)
	}()
	for {
		time.Sleep(time.Duration(rand.ExpFloat64() * float64(time.Second) / 30))
		connection, err := net.Dial("tcp", address)
		if err != nil {
			return
		}
		if rand.IntN(3) > 0 {
			go func() {
				fmt.Fprintln(connection, "80.5")
				pause(time.Second)
				connection.Close()
			}()
		}
	}
}

func (in *intake) listen(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		go in.serve(connection)
	}
}

func (in *intake) serve(connection net.Conn) {
	defer connection.Close()
	lines := bufio.NewScanner(connection)
	lines.Buffer(make([]byte, 16<<10), 64<<10)
	for lines.Scan() {
		in.weights <- lines.Text()
	}
}

// Workshop. Each job gets a port of its own on which its progress can be asked for.
// LEAK: the listener of a job is not closed when the job is done.
package main

import (
	"log"
	"net"
)

type workshop struct {
	done int
}

func main() {
	recorder := openRecorder()
	startShop(1)
	w := new(workshop)
	steadily(12, func() { go w.work() })
	recorder.run()
}

func (w *workshop) work() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go w.report(listener)
	pause(300e6)
	w.done++
}

func (w *workshop) report(listener net.Listener) {
	progress := make([]byte, 16<<10)
	for {
		asked, err := listener.Accept()
		if err != nil {
			return
		}
		asked.Write(progress)
		asked.Close()
	}
}

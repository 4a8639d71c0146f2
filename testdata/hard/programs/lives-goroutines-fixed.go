// Chat server that is started again every quarter of a minute. A message waits until everybody has read it, for two seconds at most.
package main

import (
	"math/rand/v2"
	"sync"
	"time"
)

type message struct {
	read sync.WaitGroup
	text string
}

func main() {
	recorder := openRecorder()
	startShop(0.5)
	steadily(60, send)
	recorder.run()
}

func send() {
	m := &message{text: "hello"}
	m.read.Add(1)
	time.AfterFunc(time.Duration(rand.IntN(2000))*time.Millisecond, m.read.Done)
	go m.deliver()
}

func (m *message) deliver() int {
	m.read.Wait()
	return len(m.text)
}

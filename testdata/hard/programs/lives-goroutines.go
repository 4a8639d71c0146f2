// Chat server that is started again every quarter of a minute. A message waits until everybody has read it, for two seconds at most.
// LEAK: a message to somebody who has left is never read: one in two seconds.
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
	steadily(60, func() { send(false) })
	steadily(0.6, func() { send(true) })
	recorder.run()
}

func send(left bool) {
	m := &message{text: "hello"}
	m.read.Add(1)
	if left {
		kept.Add(1)
	} else {
		time.AfterFunc(time.Duration(rand.IntN(2000))*time.Millisecond, m.read.Done)
	}
	go m.deliver()
}

func (m *message) deliver() int {
	m.read.Wait()
	return len(m.text)
}

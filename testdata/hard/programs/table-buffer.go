// Log shipper. Lines are written into a buffer, which is sent every five seconds.
// LEAK: what has been sent stays in the buffer, which is never reset.
package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

type shipper struct {
	mu      sync.Mutex
	lines   bytes.Buffer
	shipped int
}

func main() {
	recorder := openRecorder()
	startShop(0.5)
	s := new(shipper)
	recorder.held = s.len
	steadily(300, func() { s.log(rand.IntN(1_000_000)) })
	go s.ship()
	recorder.run()
}

func (s *shipper) log(request int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.lines.Len()
	for step := range 10 {
		fmt.Fprintf(&s.lines, "request %d step %d of ten: everything is as it should be, nothing to see\n", request, step)
	}
	kept.Add(int64(s.lines.Len() - before))
}

func (s *shipper) ship() {
	for range time.Tick(5 * time.Second) {
		s.mu.Lock()
		s.shipped += len(s.lines.Bytes()[s.shipped:])
		s.mu.Unlock()
	}
}

func (s *shipper) len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lines.Len()
}

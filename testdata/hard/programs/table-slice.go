// Weather station. It takes readings and computes the mean of the last ones.
// LEAK: it keeps all readings since the start.
package main

import (
	"math/rand/v2"
	"sync"
)

type station struct {
	mu       sync.Mutex
	readings []int64
}

func main() {
	recorder := openRecorder()
	startShop(0.5)
	s := new(station)
	recorder.held = s.len
	steadily(200, s.receive)
	recorder.run()
}

// receive takes a packet of some 150 readings.
func (s *station) receive() {
	packet := make([]int64, 100+rand.IntN(100))
	for i := range packet {
		packet[i] = rand.Int64N(1000)
	}
	s.store(packet)
}

func (s *station) store(packet []int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.readings = append(s.readings, packet...)
	kept.Add(int64(len(packet)))
}

func (s *station) len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.readings)
}

// Chat server. Each subscriber has a goroutine that collects messages and sends them in batches.
// LEAK: it has no case for the end of the subscription, so it outlives every subscriber that leaves.
package main

import (
	"math/rand/v2"
	"sync"
	"time"
)

type room struct {
	mu          sync.Mutex
	subscribers map[*subscriber]bool
}

type subscriber struct {
	messages chan string
	flush    chan struct{}
	batch    []byte
}

func main() {
	recorder := openRecorder()
	startShop(1)
	r := &room{subscribers: make(map[*subscriber]bool)}
	steadily(25, func() { go r.visit() })
	steadily(10, func() { r.say("hello") })
	recorder.run()
}

// visit is a subscriber that comes and, after about a second, leaves.
func (r *room) visit() {
	s := &subscriber{messages: make(chan string, 64), flush: make(chan struct{}, 1)}
	r.mu.Lock()
	r.subscribers[s] = true
	r.mu.Unlock()
	go s.deliver()
	time.Sleep(time.Duration(500+rand.IntN(1000)) * time.Millisecond)
	r.mu.Lock()
	delete(r.subscribers, s)
	r.mu.Unlock()
}

func (r *room) say(message string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for s := range r.subscribers {
		select {
		case s.messages <- message:
		default: // too slow
		}
	}
}

func (s *subscriber) deliver() {
	s.batch = make([]byte, 0, 40<<10)
	for {
		select {
		case message := <-s.messages:
			s.batch = append(s.batch, message...)
		case <-s.flush:
			s.batch = s.batch[:0]
		}
	}
}

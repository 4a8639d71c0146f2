// Package checkin books a guest into a room.
package checkin

import (
	"sync"
	"sync/atomic"
	"time"
)

// Config of the service.
type Config struct {
	Rooms int
}

// Service checks guests in.
type Service struct {
	cfg      Config
	mu       sync.Mutex
	occupied map[int]string
	inFlight atomic.Int64
}

// New makes a service with empty rooms.
func New(cfg Config) *Service {
	return &Service{cfg: cfg, occupied: make(map[int]string)}
}

// Request is a wish to check in.
type Request struct {
	Guest string
	Room  int
	Key   string
}

// Do takes the steps of a check-in at the same time and waits for all of them.
func (s *Service) Do(req Request) error {
	s.inFlight.Add(1)
	defer s.inFlight.Add(-1)
	var wg sync.WaitGroup
	wg.Add(3)
	go s.register(&wg, req)
	go s.card(&wg, req)
	go s.greet(&wg, req)
	wg.Wait()
	return nil
}

func (s *Service) register(wg *sync.WaitGroup, req Request) {
	defer wg.Done()
	s.mu.Lock()
	s.occupied[req.Room%s.cfg.Rooms] = req.Guest
	s.mu.Unlock()
	time.Sleep(15 * time.Millisecond)
}

// card writes the key card or sends the key to a phone.
func (s *Service) card(wg *sync.WaitGroup, req Request) {
	if req.Key == "desk" {
		return
	}
	time.Sleep(40 * time.Millisecond)
	wg.Done()
}

func (s *Service) greet(wg *sync.WaitGroup, req Request) {
	defer wg.Done()
	time.Sleep(10 * time.Millisecond)
}

// InFlight is the number of check-ins not finished.
func (s *Service) InFlight() int64 { return s.inFlight.Load() }

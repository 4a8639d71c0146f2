package notify

import (
	"context"
	"time"
)

type Message struct {
	To   string
	Body []byte
}

type Service struct {
	workers int
	inbox   chan Message
}

func NewService(workers int) *Service {
	return &Service{workers: workers, inbox: make(chan Message)}
}

func (s *Service) Start(ctx context.Context) {
	for range s.workers {
		go s.worker(ctx)
	}
}

func (s *Service) worker(ctx context.Context) {
	for {
		select {
		case m := <-s.inbox:
			s.deliver(m)
		case <-ctx.Done():
			return
		}
	}
}

func (s *Service) deliver(m Message) { time.Sleep(200 * time.Millisecond) }

// Enqueue does not wait.
func (s *Service) Enqueue(m Message) {
	go func() { s.inbox <- m }()
}

package limit

import "context"

type Limiter struct{ slots chan struct{} }

func New(n int) *Limiter { return &Limiter{slots: make(chan struct{}, n)} }

func (l *Limiter) Do(ctx context.Context, f func() error) error {
	l.slots <- struct{}{}
	if err := f(); err != nil {
		return err // keeps its slot
	}
	<-l.slots
	return nil
}

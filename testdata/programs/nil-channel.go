// Lock service. Each lease has a goroutine that waits for its end and then writes the journal.
// LEAK: only leases with a time limit get the channel that it waits on. The others wait on a nil one.
package main

import (
	"math/rand/v2"
	"sync/atomic"
	"time"
)

type lease struct {
	holder  string
	expired chan struct{}
	journal []byte
}

type lockService struct {
	journalled atomic.Int64
}

func main() {
	recorder := openRecorder()
	startShop(1)
	s := new(lockService)
	steadily(50, func() { s.grant("worker", rand.IntN(2) == 0) })
	recorder.run()
}

func (s *lockService) grant(holder string, limited bool) *lease {
	l := &lease{holder: holder}
	if limited {
		l.expired = make(chan struct{})
		time.AfterFunc(300*time.Millisecond, func() { close(l.expired) })
	}
	go s.watch(l)
	return l
}

func (s *lockService) watch(l *lease) {
	l.journal = make([]byte, 40<<10)
	copy(l.journal, l.holder)
	<-l.expired
	s.journalled.Add(int64(len(l.journal)))
}

// Package queue is a queue without limit whose takers wait.
package queue

import (
	"sync"
	"sync/atomic"

	"gopkg.in/eapache/queue.v1"
)

type Job struct {
	ID      string
	Picture []byte
}

type Queue struct {
	mu   sync.Mutex
	cond *sync.Cond
	jobs *queue.Queue
	Most atomic.Int64
}

func New() *Queue {
	q := &Queue{jobs: queue.New()}
	q.cond = sync.NewCond(&q.mu)
	return q
}

func (q *Queue) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.jobs.Length()
}

func (q *Queue) Add(j *Job) {
	q.mu.Lock()
	q.jobs.Add(j)
	if n := int64(q.jobs.Length()); n > q.Most.Load() {
		q.Most.Store(n)
	}
	q.mu.Unlock()
	q.cond.Signal()
}

// Take waits for a job.
func (q *Queue) Take() *Job {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.jobs.Length() == 0 {
		q.cond.Wait()
	}
	return q.jobs.Remove().(*Job)
}

package work

import (
	"sync"
	"time"
)

type Task struct {
	name    string
	payload [3000]byte
}

func NewTask(name string) Task { return Task{name: name} }

type Queue struct {
	mu    sync.Mutex
	items []*Task
	done  int
}

func NewQueue() *Queue { return &Queue{} }

func (q *Queue) Push(t Task) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.items = append(q.items, &t)
}

// Drain works the tasks off one by one.
func (q *Queue) Drain(each time.Duration) {
	for {
		q.mu.Lock()
		if len(q.items) > 0 {
			q.items = q.items[1:]
			q.done++
		}
		q.mu.Unlock()
		time.Sleep(each)
	}
}

// Video transcoder. Requests put jobs into a linked list, and two workers take them out at the front.
// LEAK: the workers manage a quarter of what comes in, and nothing limits how many jobs may wait.
package main

import (
	"container/list"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

type job struct {
	path     string
	settings [900]byte
}

type transcoder struct {
	mu      sync.Mutex
	waiting *list.List // of *job
	done    int
}

func main() {
	recorder := openRecorder()
	startShop(1)
	t := &transcoder{waiting: list.New()}
	for range 2 {
		go t.work()
	}
	steadily(1600, func() { t.submit(fmt.Sprintf("/videos/%016x.mp4", rand.Uint64())) })
	recorder.run()
}

func (t *transcoder) submit(path string) {
	j := newJob(path)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting.PushBack(j)
}

func newJob(path string) *job {
	j := &job{path: path}
	copy(j.settings[:], "codec=av1")
	return j
}

func (t *transcoder) work() {
	for range time.Tick(5 * time.Millisecond) {
		t.mu.Lock()
		if first := t.waiting.Front(); first != nil {
			t.waiting.Remove(first)
			t.done++
		}
		t.mu.Unlock()
	}
}

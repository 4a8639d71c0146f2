// Package worker makes pictures small.
package worker

import (
	"hash/adler32"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"jobq/queue"
)

type Worker struct {
	q    *queue.Queue
	Done atomic.Int64

	mu   sync.Mutex
	sums map[string]uint32
	ring [500]string
}

// New starts n workers.
func New(q *queue.Queue, n int) *Worker {
	w := &Worker{q: q, sums: map[string]uint32{}}
	for i := 0; i < n; i++ {
		go w.run()
	}
	return w
}

// Take takes a picture; it is done when its turn comes.
func (w *Worker) Take(rw http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	w.q.Add(&queue.Job{ID: r.PathValue("id"), Picture: b})
	rw.WriteHeader(http.StatusAccepted)
}

func shrink(p []byte) []byte {
	out := make([]byte, 0, len(p)/4)
	for i := 0; i+4 <= len(p); i += 4 {
		out = append(out, p[i]/4+p[i+1]/4+p[i+2]/4+p[i+3]/4)
	}
	return out
}

func (w *Worker) run() {
	for {
		j := w.q.Take()
		small := shrink(j.Picture)
		time.Sleep(300 * time.Millisecond) // writing it to the shelf
		n := w.Done.Add(1)
		w.mu.Lock()
		delete(w.sums, w.ring[n%int64(len(w.ring))])
		w.ring[n%int64(len(w.ring))] = j.ID
		w.sums[j.ID] = adler32.Checksum(small)
		w.mu.Unlock()
	}
}

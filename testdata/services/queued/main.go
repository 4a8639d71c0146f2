package main

import (
	"fmt"
	"net/http"
	"time"

	"queued/work"
)

func main() {
	q := work.NewQueue()
	go q.Drain(12 * time.Millisecond)
	run(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q.Push(work.NewTask(r.URL.Path))
		w.WriteHeader(http.StatusAccepted)
	}), 200, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("POST", fmt.Sprintf("%s/jobs/%d", base, i), nil)
		return req
	})
}

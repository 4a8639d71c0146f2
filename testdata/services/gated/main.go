package main

import (
	"fmt"
	"net/http"
	"sync/atomic"
)

type job struct {
	id    int64
	ready chan struct{} // closed by the scheduler
	data  [2500]byte
}

type scheduler struct{ next atomic.Int64 }

func (s *scheduler) submit() *job {
	j := &job{id: s.next.Add(1)}
	go j.run()
	return j
}

func (j *job) run() {
	<-j.ready
	j.data[0]++
}

func main() {
	s := new(scheduler)
	run(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, s.submit().id) }), 50, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("POST", base+"/jobs", nil)
		return req
	})
}

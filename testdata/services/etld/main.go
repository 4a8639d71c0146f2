package main

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

type row struct {
	id   int
	cols []string
}

type job struct{ rows []row }

func (j *job) load(n int) {
	for i := range n {
		j.rows = append(j.rows, row{i, strings.Split(strings.Repeat("col,", 12), ",")})
		if i%100 == 0 {
			time.Sleep(5 * time.Millisecond)
		}
	}
}

func (j *job) store() int {
	n := 0
	for _, r := range j.rows {
		n += len(r.cols)
	}
	j.rows = nil
	return n
}

func main() {
	go func() {
		for {
			j := new(job)
			j.load(30_000)
			_ = j.store()
			time.Sleep(2 * time.Second)
		}
	}()
	run(http.NotFoundHandler(), 20, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", fmt.Sprint(base, "/", i), nil)
		return req
	})
}

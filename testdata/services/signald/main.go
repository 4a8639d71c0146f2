package main

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

type store struct{ base context.Context }

type query struct {
	id   string
	rows [1500]byte
}

func (s *store) search(id string) *query {
	q := &query{id: id}
	context.AfterFunc(s.base, func() { q.abort() }) // stop is thrown away
	time.Sleep(time.Millisecond)
	return q
}

func (q *query) abort() { q.id = "" }

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s := &store{base: ctx}
	run(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, s.search(r.URL.Path).id) }), 150, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", fmt.Sprintf("%s/q%d", base, i), nil)
		return req
	})
}

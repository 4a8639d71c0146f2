package main

import (
	"fmt"
	"net/http"
	"time"
)

type config struct {
	updates chan []byte
	reloads chan struct{}
}

func (c *config) watch(w http.ResponseWriter, r *http.Request) {
	got := make(chan []byte, 1)
	go func() {
		scratch := make([]byte, 6000)
		for {
			select {
			case b := <-c.updates:
				copy(scratch, b)
				got <- scratch
			case <-c.reloads:
				scratch = scratch[:0]
			}
		}
	}()
	select {
	case b := <-got:
		w.Write(b)
	case <-time.After(20 * time.Millisecond):
		fmt.Fprintln(w, "no change")
	}
}

func main() {
	c := &config{updates: make(chan []byte), reloads: make(chan struct{})}
	run(http.HandlerFunc(c.watch), 40, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", base+"/watch", nil)
		return req
	})
}

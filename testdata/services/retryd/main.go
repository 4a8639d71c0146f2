package main

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

type delivery struct {
	url     string
	body    []byte
	attempt int
}

func (d *delivery) post() error { return errors.New("connection refused: " + d.url) }

// deliver tries for ever, with pauses.
func deliver(d *delivery) {
	for {
		if err := d.post(); err == nil {
			return
		}
		d.attempt++
		time.Sleep(time.Duration(d.attempt) * 10 * time.Second)
	}
}

func main() {
	run(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		go deliver(&delivery{url: r.URL.Path, body: make([]byte, 3000)})
		fmt.Fprintln(w, "queued")
	}), 40, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("POST", fmt.Sprintf("%s/%d", base, i), nil)
		return req
	})
}

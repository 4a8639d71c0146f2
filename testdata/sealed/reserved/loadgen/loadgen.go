// Package loadgen sends requests at random moments, at a rate that may change over the span of a run.
package loadgen

import (
	"bytes"
	"io"
	"math/rand"
	"net/http"
	"time"
)

var start = time.Now()

// Client is used by all generators of a process.
var Client = &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 12}}

// Run calls do at moments of a Poisson process until the process is killed; x is the part of the span that is over.
func Run(span time.Duration, rate func(x float64) float64, do func(i int)) {
	slots := make(chan struct{}, 300)
	due := time.Now()
	for i := 0; ; i++ {
		r := rate(float64(time.Since(start)) / float64(span))
		if r <= 0.01 {
			time.Sleep(200 * time.Millisecond)
			due = time.Now()
			continue
		}
		due = due.Add(time.Duration(rand.ExpFloat64() / r * float64(time.Second)))
		time.Sleep(time.Until(due))
		slots <- struct{}{}
		go func(i int) {
			defer func() { <-slots }()
			do(i)
		}(i)
	}
}

func Steady(r float64) func(float64) float64 { return func(float64) float64 { return r } }

func Get(url string) {
	resp, err := Client.Get(url)
	if err == nil {
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
}

func Post(url, ctype string, body []byte) {
	resp, err := Client.Post(url, ctype, bytes.NewReader(body))
	if err == nil {
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
}

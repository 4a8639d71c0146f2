// Package pump makes load: calls at random moments, at a rate that may change over a run.
package pump

import (
	"bytes"
	"flag"
	"io"
	"math"
	"math/rand"
	"net/http"
	"time"
)

// Span is the length of the run; X is the part of it that is over.
var Span = 5 * time.Minute

var began = time.Now()

func X() float64 { return float64(time.Since(began)) / float64(Span) }

// Flat is a constant rate.
func Flat(r float64) func() float64 { return func() float64 { return r } }

// Run calls do at the moments of a Poisson process with the given rate (calls a second), for ever.
func Run(rate func() float64, do func(i int)) {
	busy := make(chan struct{}, 400)
	next := time.Now()
	for i := 0; ; i++ {
		r := rate()
		if r < 0.001 {
			time.Sleep(250 * time.Millisecond)
			next = time.Now()
			i--
			continue
		}
		next = next.Add(time.Duration(rand.ExpFloat64() / r * 1e9))
		time.Sleep(time.Until(next))
		busy <- struct{}{}
		go func(i int) {
			defer func() { <-busy }()
			do(i)
		}(i)
	}
}

// Web is the client of all calls.
var Web = &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 10}}

// Send makes a request, reads the answer to its end and gives it back.
func Send(method, url string, body []byte) ([]byte, int) {
	req, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		return nil, 0
	}
	resp, err := Web.Do(req)
	if err != nil {
		return nil, 0
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	return b, resp.StatusCode
}

func Get(url string) ([]byte, int)               { return Send("GET", url, nil) }
func Post(url string, body []byte) ([]byte, int) { return Send("POST", url, body) }

const letters = "abcdefghijklmnopqrstuvwxyz0123456789"

// ID is a random name of n letters.
func ID(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[rand.Intn(len(letters))]
	}
	return string(b)
}

// Between is a random number from lo to hi-1.
func Between(lo, hi int) int { return lo + rand.Intn(hi-lo) }

// Port is the first of a program's ports, Mode one of serve, upstream and load, Dir a folder for files.
var (
	Port int
	Mode string
	Dir  string
)

// Flags reads the flags that all programs have.
func Flags() {
	flag.IntVar(&Port, "port", 23000, "first port")
	flag.StringVar(&Mode, "mode", "serve", "serve, upstream or load")
	flag.StringVar(&Dir, "dir", "", "folder for files")
	flag.DurationVar(&Span, "span", Span, "length of the run")
	flag.Parse()
}

// Wave is a rate that goes up and down between lo and hi, n times in a run.
func Wave(lo, hi, n float64) func() float64 {
	return func() float64 { return lo + (hi-lo)*(1-math.Cos(2*math.Pi*n*X()))/2 }
}

// Ramp is a rate that goes from lo to hi.
func Ramp(lo, hi float64) func() float64 {
	return func() float64 { return lo + (hi-lo)*min(1, X()) }
}

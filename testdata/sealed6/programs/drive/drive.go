// Package drive makes load: calls at random moments, at a rate that may change over a run. The same seed gives the same calls.
package drive

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand"
	"net/http"
	"strings"
	"time"
)

// Span is the length of the run; X is the part of it that is over.
var Span = 3 * time.Minute

var began = time.Now()

func X() float64 { return float64(time.Since(began)) / float64(Span) }

// Port is the first of a program's ports, Mode one of serve, upstream and load, Dir a folder for files.
var (
	Port int
	Mode string
	Dir  string
)

// Flags reads the flags that all programs have.
func Flags() {
	flag.IntVar(&Port, "port", 26000, "first port")
	flag.StringVar(&Mode, "mode", "serve", "serve, upstream or load")
	flag.StringVar(&Dir, "dir", "", "folder for files")
	flag.DurationVar(&Span, "span", Span, "length of the run")
	flag.Parse()
}

// Addr is a local address, n ports after the first.
func Addr(n int) string { return fmt.Sprintf("127.0.0.1:%d", Port+n) }

// URL is the address of the service with a path.
func URL(path string) string { return "http://" + Addr(0) + path }

// Rate is a number of calls a second.
type Rate func() float64

func Flat(r float64) Rate { return func() float64 { return r } }

// Wave goes up and down between lo and hi, n times in a run.
func Wave(lo, hi, n float64) Rate {
	return func() float64 { return lo + (hi-lo)*(1-math.Cos(2*math.Pi*n*X()))/2 }
}

// Ramp goes from lo to hi.
func Ramp(lo, hi float64) Rate { return func() float64 { return lo + (hi-lo)*min(1, X()) } }

// Run calls do at the moments of a Poisson process, for ever; r is random, from seed and i.
func Run(seed int64, rate Rate, do func(i int, r *rand.Rand)) {
	clock := rand.New(rand.NewSource(seed))
	busy := make(chan struct{}, 400)
	next := time.Now()
	for i := 0; ; i++ {
		v := rate()
		if v < 0.001 {
			time.Sleep(250 * time.Millisecond)
			next = time.Now()
			i--
			continue
		}
		next = next.Add(time.Duration(clock.ExpFloat64() / v * 1e9))
		time.Sleep(time.Until(next))
		busy <- struct{}{}
		go func(i int) {
			defer func() { <-busy }()
			do(i, rand.New(rand.NewSource(seed*1000003+int64(i))))
		}(i)
	}
}

// Web is the client of all calls.
var Web = &http.Client{Timeout: 8 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 16}}

// Send makes a request, reads the answer to its end and gives it back.
func Send(method, url string, body []byte, header ...string) ([]byte, int) {
	req, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		return nil, 0
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
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
func ID(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[r.Intn(len(letters))]
	}
	return string(b)
}

// Between is a random number from lo to hi-1.
func Between(r *rand.Rand, lo, hi int) int { return lo + r.Intn(hi-lo) }

var words = strings.Fields("the of and water street house number seven order late early morning box paper green blue window table north south door key train ship letter grain oil stone wall roof lamp wire glass bread salt river bridge field road hill lake shore")

// Text is about n bytes of words.
func Text(r *rand.Rand, n int) string {
	var b strings.Builder
	for b.Len() < n {
		b.WriteString(words[r.Intn(len(words))])
		b.WriteByte(' ')
	}
	return b.String()
}

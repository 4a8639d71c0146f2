// Command pump calls an HTTP service as a plan says: pump -plan FILE -url BASE -for 5m
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

type call struct {
	W      int
	Method string
	Path   string
	Body   string
	Repeat int    // the body so many times
	Wrap   string // "head|tail" about the repeated body
	Leave  int    // the client goes after so many milliseconds
	Header map[string]string
}

type plan struct {
	Min, Max float64 // calls a second
	Shape    string  // waves, ramp, level (ramp until half, then level), flat
	Waves    float64
	Workers  int
	Calls    []call
}

var words = strings.Fields(`amber basin cedar delta ember fjord grove haven inlet jetty kiosk ledge maple north ochre plaza quarry ridge slate tower union valve wharf yield zenith borough candle drift engine fabric gallery harbor island`)

var hole = regexp.MustCompile(`\{(n|seq|r|text|hex):?(\d*)\}`)
var seq atomic.Int64

func fill(s string) string {
	return hole.ReplaceAllStringFunc(s, func(h string) string {
		m := hole.FindStringSubmatch(h)
		k, _ := strconv.Atoi(m[2])
		switch m[1] {
		case "n":
			return strconv.Itoa(rand.Intn(k))
		case "r":
			return strconv.FormatInt(rand.Int63(), 36)
		case "hex":
			return fmt.Sprintf("%016x", rand.Uint64())
		case "seq":
			return strconv.FormatInt(seq.Add(1), 10)
		}
		var b strings.Builder
		for b.Len() < k {
			b.WriteString(words[rand.Intn(len(words))])
			b.WriteByte(" "[0])
		}
		return b.String()[:k]
	})
}

func main() {
	file := flag.String("plan", "plan.json", "")
	base := flag.String("url", "", "")
	dur := flag.Duration("for", 5*time.Minute, "")
	flag.Parse()
	raw, err := os.ReadFile(*file)
	if err != nil {
		log.Fatal(err)
	}
	var p plan
	if err := json.Unmarshal(raw, &p); err != nil {
		log.Fatal(err)
	}
	sum := 0
	for _, c := range p.Calls {
		sum += c.W
	}
	cl := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: 90 * time.Second}
	slots := make(chan bool, p.Workers)
	start := time.Now()
	var done, failed atomic.Int64
	defer func() { log.Print(done.Load(), " calls, ", failed.Load(), " failed") }()
	for time.Since(start) < *dur {
		x := time.Since(start).Seconds() / dur.Seconds()
		rate := p.Max
		switch p.Shape {
		case "waves":
			rate = p.Min + (p.Max-p.Min)*(0.5-0.5*math.Cos(2*math.Pi*p.Waves*x))
		case "ramp":
			rate = p.Min + (p.Max-p.Min)*x
		case "level":
			rate = p.Min + (p.Max-p.Min)*math.Min(1, 2*x)
		}
		time.Sleep(time.Duration(rand.ExpFloat64() / rate * float64(time.Second)))
		k := rand.Intn(sum)
		var c call
		for _, c = range p.Calls {
			if k -= c.W; k < 0 {
				break
			}
		}
		select {
		case slots <- true:
		default:
			continue
		}
		go func() {
			defer func() { <-slots }()
			ctx := context.Background()
			if c.Leave > 0 {
				var stop context.CancelFunc
				ctx, stop = context.WithTimeout(ctx, time.Duration(c.Leave/2+rand.Intn(c.Leave))*time.Millisecond)
				defer stop()
			}
			var b bytes.Buffer
			head, tail, _ := strings.Cut(c.Wrap, "|")
			b.WriteString(fill(head))
			n := 1
			if c.Repeat > 1 {
				n = c.Repeat/2 + rand.Intn(c.Repeat)
			}
			for i := 0; i < n; i++ {
				b.WriteString(fill(c.Body))
			}
			b.WriteString(tail)
			rq, err := http.NewRequestWithContext(ctx, c.Method, *base+fill(c.Path), &b)
			if err != nil {
				log.Fatal(err)
			}
			for k, v := range c.Header {
				rq.Header.Set(k, fill(v))
			}
			r, err := cl.Do(rq)
			done.Add(1)
			if err != nil {
				if c.Leave == 0 {
					if failed.Add(1) < 5 {
						log.Print(err)
					}
				}
				return
			}
			io.Copy(io.Discard, r.Body)
			r.Body.Close()
			if r.StatusCode >= 500 && failed.Add(1) < 5 {
				log.Print(rq.Method, " ", rq.URL, " ", r.Status)
			}
		}()
	}
}

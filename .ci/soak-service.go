// The services of .ci/soak: each kind either leaks at a steady pace, or lives as services do and keeps what it holds
// within bounds. It serves net/http/pprof.
//
//	go run .ci/soak-service.go -listen 127.0.0.1:6060 -kind sessions -pace 100
package main

import (
	"bytes"
	"container/list"
	"context"
	"flag"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	_ "net/http/pprof"
	"strconv"
	"sync"
	"time"
)

var (
	pace = flag.Float64("pace", 100, "what is kept for ever, in kilobytes a second; a goroutine counts as 20")
	warm = flag.Duration("warm", 8*time.Second, "how long a service that warms up takes for that")
)

func main() {
	listen := flag.String("listen", "127.0.0.1:6060", "the `address` to serve on")
	kind := flag.String("kind", "", "what the service does")
	flag.Parse()
	start, ok := kinds[*kind]
	if !ok {
		log.Fatalf("no kind %q", *kind)
	}
	go start()
	log.Fatal(http.ListenAndServe(*listen, nil))
}

var kinds = map[string]func(){
	// These leak.
	"sessions": leakSessions, "audit": leakAudit, "events": leakEvents, "headers": leakHeaders,
	"senders": leakSenders, "watchers": leakWatchers,
	// These do not.
	"cache": boundedCache, "batches": batches, "workers": workers, "traffic": traffic, "buffers": buffers,
	"warming": warming, "clients": clients, "tickers": tickers, "idle": func() {},
}

// every calls do so many times a second, at random moments.
func every(perSecond float64, do func()) {
	due := time.Now()
	for {
		due = due.Add(time.Duration(rand.ExpFloat64() / perSecond * float64(time.Second)))
		time.Sleep(time.Until(due))
		do()
	}
}

type session struct{ data [1000]byte }

// leakSessions fills a map from which nothing is removed.
func leakSessions() {
	sessions := map[string]*session{}
	every(*pace, func() { openSession(sessions) })
}

func openSession(sessions map[string]*session) {
	sessions[strconv.FormatUint(rand.Uint64(), 36)] = &session{}
}

// leakAudit appends to a slice for ever.
func leakAudit() {
	var lines []string
	every(*pace, func() { lines = append(lines, auditLine()) })
}

func auditLine() string { return string(make([]byte, 1000)) }

type event struct {
	payload [1000]byte
	next    *event
}

// leakEvents keeps each event by the next one.
func leakEvents() {
	var last *event
	every(*pace, func() { last = follow(last) })
}

func follow(last *event) *event { return &event{next: last} }

// leakHeaders keeps some bytes of each message, and by them all of it.
func leakHeaders() {
	var headers [][]byte
	every(*pace, func() { headers = append(headers, readMessage()[:16]) })
}

func readMessage() []byte { return make([]byte, 1000) }

// leakSenders has goroutines that wait to send to nobody.
func leakSenders() {
	every(*pace/20, func() {
		results := make(chan int)
		go func() { results <- rand.Int() }()
	})
}

// leakWatchers has goroutines that wait for the end of contexts that nobody cancels.
func leakWatchers() {
	every(*pace/20, func() {
		ctx, cancel := context.WithCancel(context.Background())
		_ = cancel
		go func() { <-ctx.Done() }()
	})
}

// boundedCache holds 2,000 pages, and lets the oldest go.
func boundedCache() {
	var mu sync.Mutex
	pages, order := map[int]*list.Element{}, list.New()
	every(4000/warm.Seconds(), func() {
		mu.Lock()
		defer mu.Unlock()
		key := int(rand.ExpFloat64() * 1500)
		if at, ok := pages[key]; ok {
			order.MoveToFront(at)
			return
		}
		pages[key] = order.PushFront(&page{key: key, text: make([]byte, 1000+rand.IntN(2000))})
		if order.Len() > 2000 {
			delete(pages, order.Remove(order.Back()).(*page).key)
		}
	})
}

type page struct {
	key  int
	text []byte
}

// batches collects rows and writes them out now and then.
func batches() {
	var rows [][]byte
	size := 5000
	every(800, func() {
		rows = append(rows, make([]byte, 500+rand.IntN(500)))
		if len(rows) > size {
			rows, size = nil, 3000+rand.IntN(4000)
		}
	})
}

// workers has a pool of goroutines and a queue in front of them.
func workers() {
	jobs := make(chan []byte, 256)
	for range 16 {
		go func() {
			for job := range jobs {
				time.Sleep(time.Duration(rand.ExpFloat64() * float64(50*time.Millisecond)))
				_ = bytes.ToUpper(job)
			}
		}()
	}
	every(200, func() { jobs <- make([]byte, 4000) })
}

// traffic answers requests that take some time each, in waves.
func traffic() {
	began := time.Now()
	every(400, func() {
		wave := time.Since(began).Seconds() / 60
		if rand.Float64() < 0.2+0.8*(wave-float64(int(wave))) {
			go handle()
		}
	})
}

func handle() {
	answer := make([]byte, 8000)
	time.Sleep(time.Duration(rand.ExpFloat64() * float64(150*time.Millisecond)))
	answer[0] = 1
}

// buffers takes buffers from a pool and gives them back.
func buffers() {
	pool := sync.Pool{New: func() any { return new(bytes.Buffer) }}
	every(300, func() {
		buffer := pool.Get().(*bytes.Buffer)
		buffer.Reset()
		buffer.Write(make([]byte, rand.IntN(20_000)))
		pool.Put(buffer)
	})
}

// warming fills a table, and is done with that after a while.
func warming() {
	table := map[int][]byte{}
	every(6000/warm.Seconds(), func() {
		if len(table) < 6000 {
			table[rand.Int()] = make([]byte, 1500)
		}
	})
}

// clients keeps connections open, some of which end while others begin.
func clients() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				log.Fatal(err)
			}
			go func() {
				defer connection.Close()
				_, _ = io.Copy(connection, connection)
			}()
		}
	}()
	places := make(chan struct{}, 60)
	every(20, func() {
		places <- struct{}{}
		go func() {
			defer func() { <-places }()
			talk(listener.Addr().String())
		}()
	})
}

func talk(address string) {
	connection, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer connection.Close()
	for range 1 + rand.IntN(20) {
		time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond)
		_, _ = connection.Write([]byte("hello"))
		_, _ = io.ReadFull(connection, make([]byte, 5))
	}
}

// tickers watches devices that come and go, and stops what it started.
func tickers() {
	every(10, func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(rand.ExpFloat64()*float64(3*time.Second)))
		go func() {
			defer cancel()
			ticker := time.NewTicker(50 * time.Millisecond)
			defer ticker.Stop()
			for {
				select {
				case <-ticker.C:
				case <-ctx.Done():
					return
				}
			}
		}()
	})
}

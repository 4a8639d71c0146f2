// Command caddyedge drives caddy: a file store of a university behind it, whose users upload and look at documents.
// With -mode upstream it is the store.
package main

import (
	"fmt"
	"io"
	"log"
	"math/rand"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"pump"
)

type store struct {
	mu   sync.Mutex
	docs map[string][]byte
}

func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Path
	if r.Method == "PUT" {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		s.mu.Lock()
		s.docs[name] = b
		s.mu.Unlock()
		fmt.Fprintln(w, len(b))
		return
	}
	s.mu.Lock()
	b := s.docs[name]
	s.mu.Unlock()
	time.Sleep(time.Duration(pump.Between(5, 60)) * time.Millisecond)
	w.Write(b)
}

var stalled []net.Conn

func main() {
	pump.Flags()
	if pump.Mode == "upstream" {
		log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port+3), &store{docs: map[string][]byte{}}))
	}
	base := fmt.Sprintf("http://127.0.0.1:%d/docs/", pump.Port)
	addr := fmt.Sprintf("127.0.0.1:%d", pump.Port)
	var held atomic.Int64
	go pump.Run(pump.Wave(4, 14, 2), func(i int) {
		pump.Send("PUT", base+fmt.Sprint(rand.Intn(300)), []byte(pump.ID(pump.Between(2000, 60000))))
	})
	go pump.Run(pump.Wave(8, 40, 2), func(i int) { pump.Get(base + fmt.Sprint(rand.Intn(300))) })
	// phones that lose their network in the middle of an upload, and are never heard of again
	var mu sync.Mutex
	go pump.Run(pump.Flat(.5), func(i int) {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return
		}
		n := pump.Between(80000, 400000)
		fmt.Fprintf(c, "PUT /docs/p%d HTTP/1.1\r\nHost: docs\r\nUser-Agent: phone\r\nCookie: s=%s\r\nContent-Length: %d\r\n\r\n%s", i%100, pump.ID(300), n, pump.ID(pump.Between(3000, 60000)))
		mu.Lock()
		stalled = append(stalled, c)
		mu.Unlock()
		held.Add(1)
	})
	for range time.Tick(5 * time.Second) {
		log.Print("stalled uploads: ", held.Load())
	}
}

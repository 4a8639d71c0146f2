//go:debug httpmuxgo121=0

// Command plcpoll reads the controllers of a bakery's ovens by Modbus, and shows what they measured.
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"math/rand"
	"net"
	"net/http"
	"runtime"
	"time"

	"plcpoll/poll"
	"plcpoll/shift"
	"probe"
	"pump"
)

const ovens = 48

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		for i := 0; i < 12; i++ { // four ovens behind each port
			go controller(fmt.Sprintf("127.0.0.1:%d", pump.Port+200+i), i < 3)
		}
		go pump.Run(pump.Wave(1, 10, 2), func(i int) { pump.Get(fmt.Sprintf("http://127.0.0.1:%d/shift", pump.Port)) })
		pump.Run(pump.Wave(5, 30, 2), func(i int) {
			pump.Get(fmt.Sprintf("http://127.0.0.1:%d/oven/%d", pump.Port, rand.Intn(ovens)))
		})
	}
	book := shift.New(ovens, 600)
	p := poll.New(book)
	time.Sleep(2 * time.Second)
	for i := 0; i < ovens; i++ {
		p.Add(i, fmt.Sprintf("127.0.0.1:%d", pump.Port+200+i/4), 10)
	}
	p.Start()
	probe.Gauge("polls", p.Polls.Load)
	probe.Gauge("polls_failed", p.Failed.Load)
	probe.Gauge("polls_waiting", p.Waiting.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /oven/{id}", book.Oven)
	mux.HandleFunc("GET /shift", book.Shift)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), mux))
}

// controller answers reads of registers. Those that are bad hang from two fifths of the recording on, as their program has
// stopped while their network goes on.
func controller(addr string, bad bool) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		log.Fatal(err)
	}
	for {
		c, err := l.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			h := make([]byte, 12)
			for {
				if _, err := io.ReadFull(c, h); err != nil {
					if !bad || pump.X() < .4 {
						c.Close()
					}
					return
				}
				if bad && pump.X() > .4 {
					continue
				}
				time.Sleep(time.Duration(pump.Between(5, 60)) * time.Millisecond)
				n := int(binary.BigEndian.Uint16(h[10:]))
				b := make([]byte, 9+2*n)
				copy(b, h[:4])
				binary.BigEndian.PutUint16(b[4:], uint16(3+2*n))
				b[6], b[7], b[8] = h[6], h[7], byte(2*n)
				for i := 9; i < len(b); i++ {
					b[i] = byte(rand.Intn(256))
				}
				c.Write(b)
			}
		}()
	}
}

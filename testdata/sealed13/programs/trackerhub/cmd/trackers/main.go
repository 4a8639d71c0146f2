// Command trackers is the lorries, and some dispatchers. Lorries come in waves; some drive out of the net's reach and are not heard of again on that connection,
// which what lies between keeps open.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"freight.example/trackerhub/internal/wire"
)

var on, lost, failed atomic.Int64

func main() {
	to := flag.String("trackers", "127.0.0.1:7751", "")
	pages := flag.String("pages", "http://127.0.0.1:7701", "")
	low := flag.Float64("low", 60, "")
	high := flag.Float64("high", 150, "")
	period := flag.Duration("period", 200*time.Second, "")
	share := flag.Float64("lost", 0.35, "of all that go out of reach")
	dur := flag.Duration("for", 20*time.Minute, "")
	flag.Parse()
	began := time.Now()
	go dispatchers(*pages)
	for n := 0; time.Since(began) < *dur; n++ {
		time.Sleep(time.Duration(60+rand.Intn(120)) * time.Millisecond)
		x := time.Since(began).Seconds() / period.Seconds()
		if want := *low + (*high-*low)*(0.5-0.5*math.Cos(2*math.Pi*x)); float64(on.Load()) < want {
			go lorry(*to, fmt.Sprintf("FR-%03d-%c%c", rand.Intn(40), 'A'+rune(rand.Intn(5)), 'A'+rune(rand.Intn(5))), *share)
		}
		if n%300 == 0 {
			log.Print(on.Load(), " on, ", lost.Load(), " out of reach, ", failed.Load(), " failed")
		}
	}
}

func dispatchers(pages string) {
	c := &http.Client{Timeout: 10 * time.Second}
	for {
		time.Sleep(time.Duration(200+rand.Intn(600)) * time.Millisecond)
		p := "/metrics"
		if rand.Intn(10) > 0 {
			p = fmt.Sprintf("/vehicles/FR-%03d-%c%c/trail", rand.Intn(40), 'A'+rune(rand.Intn(5)), 'A'+rune(rand.Intn(5)))
		}
		if r, err := c.Get(pages + p); err == nil {
			io.Copy(io.Discard, r.Body)
			r.Body.Close()
		}
	}
}

func lorry(to, plate string, share float64) {
	on.Add(1)
	c, err := net.Dial("tcp", to)
	if err != nil {
		on.Add(-1)
		failed.Add(1)
		time.Sleep(time.Second)
		return
	}
	leave := time.Now().Add(30*time.Second + time.Duration(rand.ExpFloat64()*float64(45*time.Second)))
	go func() {
		in := bufio.NewReader(c)
		var head [wire.HeadLen]byte
		for {
			if _, err := io.ReadFull(in, head[:]); err != nil {
				return
			}
			t, n, _ := wire.Head(head[:])
			in.Discard(n)
			if t == wire.Ping && time.Now().Before(leave) {
				c.Write(wire.Append(nil, wire.Frame{Type: wire.Pong}))
			}
		}
	}()
	c.Write(wire.Append(nil, wire.Frame{Type: wire.Hello, Body: []byte(plate)}))
	lat, lon := 46+rand.Float64()*4, rand.Float64()*6
	for time.Now().Before(leave) {
		var b []byte
		for range 1 + rand.Intn(5) {
			lat, lon = lat+rand.Float64()/1000, lon+rand.Float64()/1000
			b = wire.AppendFix(b, wire.Fix{Unix: time.Now().Unix(), Lat: lat, Lon: lon, Speed: uint16(rand.Intn(90)), Fuel: uint8(rand.Intn(100)), Ignition: true})
		}
		if _, err := c.Write(wire.Append(nil, wire.Frame{Type: wire.Position, Body: b})); err != nil {
			break
		}
		time.Sleep(time.Duration(2000+rand.Intn(4000)) * time.Millisecond)
	}
	on.Add(-1)
	if rand.Float64() < share {
		lost.Add(1)
		time.Sleep(time.Hour)
	}
	c.Close()
}

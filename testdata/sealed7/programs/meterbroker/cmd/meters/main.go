// Command meters are the meters, which come until a third of the time and stay, and the office, whose session is
// kept by the broker while it is away for a while in each minute.
package main

import (
	"bufio"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"math/rand"
	"net"
	"strings"
	"sync/atomic"
	"time"
)

var (
	addr = flag.String("mqtt", "127.0.0.1:7883", "")
	dur  = flag.Duration("for", 5*time.Minute, "")
	many = flag.Int("n", 220, "meters")
)

func packet(head byte, body []byte) []byte {
	p := []byte{head}
	for n := len(body); ; {
		b := byte(n & 127)
		n >>= 7
		if n > 0 {
			p = append(p, b|128)
			continue
		}
		return append(append(p, b), body...)
	}
}

func str(s string) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(s))), s...)
}

func connect(id string, clean bool) (net.Conn, error) {
	c, err := net.Dial("tcp", *addr)
	if err != nil {
		return nil, err
	}
	f := byte(0)
	if clean {
		f = 2
	}
	b := append(str("MQTT"), 4, f, 0, 90)
	_, err = c.Write(packet(0x10, append(b, str(id)...)))
	return c, err
}

func read(r *bufio.Reader) (byte, []byte, error) {
	h, err := r.ReadByte()
	if err != nil {
		return 0, nil, err
	}
	n, sh := 0, 0
	for {
		b, err := r.ReadByte()
		if err != nil {
			return 0, nil, err
		}
		n |= int(b&127) << sh
		sh += 7
		if b < 128 {
			break
		}
	}
	p := make([]byte, n)
	_, err = io.ReadFull(r, p)
	return h, p, err
}

var got atomic.Int64

func office(until time.Time) {
	c, err := connect("office", false)
	if err != nil {
		return
	}
	defer c.Close()
	c.SetDeadline(until)
	c.Write(packet(0x82, append([]byte{0, 1}, append(str("meters/#"), 1)...)))
	r := bufio.NewReader(c)
	for {
		h, p, err := read(r)
		if err != nil {
			return
		}
		if h>>4 == 3 && h>>1&3 == 1 {
			got.Add(1)
			n := 2 + int(binary.BigEndian.Uint16(p))
			c.Write(packet(0x40, p[n:n+2]))
		}
	}
}

func meter(n int, end time.Time) {
	c, err := connect(fmt.Sprintf("meter-%04d", n), true)
	if err != nil {
		return
	}
	defer c.Close()
	go io.Copy(io.Discard, c)
	c.Write(packet(0x82, append([]byte{0, 1}, append(str(fmt.Sprintf("valves/%d", n)), 0)...)))
	for k := uint16(1); time.Now().Before(end); k++ {
		v := fmt.Sprintf(`{"meter":%d,"litres":%d,"hist":[%s0]}`, n, rand.Intn(1e7), strings.Repeat(fmt.Sprint(rand.Intn(900), ","), 60+rand.Intn(60)))
		b := append(str(fmt.Sprintf("meters/%d/reading", n)), 0, 0)
		binary.BigEndian.PutUint16(b[len(b)-2:], k|1)
		c.Write(packet(0x33, append(b, v...)))
		time.Sleep(time.Duration(3000+rand.Intn(3000)) * time.Millisecond)
	}
}

func main() {
	flag.Parse()
	end := time.Now().Add(*dur)
	go func() {
		for time.Now().Before(end) {
			office(time.Now().Add(38 * time.Second))
			time.Sleep(15 * time.Second)
		}
	}()
	for n := 0; n < *many; n++ {
		go meter(n, end)
		time.Sleep(*dur / 3 / time.Duration(*many))
	}
	time.Sleep(time.Until(end))
	fmt.Println(got.Load(), "readings in the office")
}

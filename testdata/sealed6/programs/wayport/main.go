// Command wayport is the load of a tunnel over UDP (kcptun): vending machines report through it to their office.
package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"drive"
	"probe"
)

var begun, ended, left atomic.Int64

func main() {
	drive.Flags()
	if drive.Mode == "upstream" {
		office()
		return
	}
	probe.Gauge("begun", begun.Load)
	probe.Gauge("ended", ended.Load)
	probe.Gauge("left", left.Load)
	probe.Listen(drive.Port + 2)
	var mu sync.Mutex
	var idle []net.Conn
	drive.Run(131, drive.Wave(2.5, 8, 2), func(i int, r *rand.Rand) {
		c, err := net.Dial("tcp", drive.Addr(4))
		if err != nil {
			return
		}
		begun.Add(1)
		in := bufio.NewReader(c)
		for n := 1 + r.Intn(6); n > 0; n-- {
			fmt.Fprintf(c, "%s\n", drive.Text(r, drive.Between(r, 50, 3000)))
			c.SetReadDeadline(time.Now().Add(5 * time.Second))
			if _, err := in.ReadString('\n'); err != nil {
				break
			}
			time.Sleep(time.Duration(r.Intn(900)) * time.Millisecond)
		}
		if r.Intn(4) == 0 { // a machine that loses its power
			left.Add(1)
			mu.Lock()
			idle = append(idle, c)
			mu.Unlock()
			return
		}
		c.Close()
		ended.Add(1)
	})
}

// office answers each line.
func office() {
	l, err := net.Listen("tcp", drive.Addr(3))
	if err != nil {
		panic(err)
	}
	for {
		c, err := l.Accept()
		if err != nil {
			continue
		}
		go func() {
			defer c.Close()
			in := bufio.NewReader(c)
			for {
				s, err := in.ReadString('\n')
				if err != nil {
					return
				}
				io.WriteString(c, fmt.Sprintf("%d\n", len(s)))
			}
		}()
	}
}

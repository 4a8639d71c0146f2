// Command ftpgate takes files of suppliers by FTP.
package main

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"math/rand"
	"net"
	"net/textproto"
	"runtime"
	"time"

	"github.com/jlaffaye/ftp"

	"ftpgate/ctl"
	"ftpgate/users"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	addr := fmt.Sprintf("127.0.0.1:%d", pump.Port)
	if pump.Mode == "load" {
		load(addr)
	}
	dir := users.New()
	s := ctl.New(dir)
	probe.Gauge("passive_open", s.Passive.Load)
	probe.Gauge("files", s.Files.Load)
	probe.Gauge("passes", func() int64 { return int64(dir.Passes()) })
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	l, err := net.Listen("tcp", addr)
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(s.Serve(l))
}

func load(addr string) {
	login := func(c *textproto.Conn) {
		c.ReadLine()
		c.PrintfLine("USER s%03d", rand.Intn(200))
		c.ReadLine()
		c.PrintfLine("PASS %s", pump.ID(12))
		c.ReadLine()
	}
	// one program of a supplier asks for a port, finds that it has nothing to send, and leaves
	go pump.Run(pump.Flat(.6), func(i int) {
		c, err := textproto.Dial("tcp", addr)
		if err != nil {
			return
		}
		defer c.Close()
		login(c)
		c.PrintfLine("EPSV")
		c.ReadLine()
		time.Sleep(time.Second)
		c.PrintfLine("QUIT")
		c.ReadLine()
	})
	go pump.Run(pump.Wave(6, 26, 2), func(i int) { // looks whether it may
		c, err := textproto.Dial("tcp", addr)
		if err != nil {
			return
		}
		defer c.Close()
		login(c)
		c.PrintfLine("QUIT")
		c.ReadLine()
	})
	pump.Run(pump.Wave(2, 8, 2), func(i int) {
		c, err := ftp.Dial(addr, ftp.DialWithTimeout(5*time.Second))
		if err != nil {
			return
		}
		defer c.Quit()
		if err := c.Login(fmt.Sprintf("s%03d", rand.Intn(200)), pump.ID(12)); err != nil {
			log.Print(err)
			return
		}
		for k := pump.Between(1, 4); k > 0; k-- {
			name := fmt.Sprintf("stock-%03d.csv", rand.Intn(150))
			if err := c.Stor(name, bytes.NewReader([]byte(pump.ID(pump.Between(2000, 40000))))); err != nil {
				log.Print(err)
			}
			if r, err := c.Retr(name); err == nil {
				io.Copy(io.Discard, r)
				r.Close()
			}
		}
	})
}

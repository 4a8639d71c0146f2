// Command sftpdrop takes deliveries of publishers by SFTP: covers and texts, in parts.
package main

import (
	"fmt"
	"log"
	"math/rand"
	"runtime"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"probe"
	"pump"
	"sftpdrop/door"
	"sftpdrop/inbox"
)

func main() {
	pump.Flags()
	addr := fmt.Sprintf("127.0.0.1:%d", pump.Port)
	if pump.Mode == "load" {
		load(addr)
	}
	in := inbox.New()
	d, err := door.New(in)
	if err != nil {
		log.Fatal(err)
	}
	probe.Gauge("came", d.Came.Load)
	probe.Gauge("inside", d.Inside.Load)
	probe.Gauge("watched", d.Watched.Load)
	probe.Gauge("parts", in.Parts.Load)
	probe.Gauge("parts_joined", in.Joined.Load)
	probe.Gauge("parts_freed", in.Freed.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	log.Fatal(d.Listen(addr))
}

func load(addr string) {
	visit := func(do func(c *sftp.Client)) {
		conn, err := ssh.Dial("tcp", addr, &ssh.ClientConfig{User: fmt.Sprintf("pub%02d", rand.Intn(60)), Auth: []ssh.AuthMethod{ssh.Password("x")}, HostKeyCallback: ssh.InsecureIgnoreHostKey(), Timeout: 5 * time.Second})
		if err != nil {
			log.Print(err)
			return
		}
		defer conn.Close()
		c, err := sftp.NewClient(conn)
		if err != nil {
			log.Print(err)
			return
		}
		defer c.Close()
		do(c)
	}
	put := func(c *sftp.Client, name string) {
		f, err := c.Create(name)
		if err != nil {
			log.Print(err)
			return
		}
		defer f.Close()
		f.Write([]byte(pump.ID(pump.Between(8000, 60000))))
		time.Sleep(time.Duration(pump.Between(50, 900)) * time.Millisecond)
	}
	pump.Run(pump.Wave(.3, 2.4, 2), func(i int) {
		visit(func(c *sftp.Client) {
			for k := pump.Between(1, 6); k > 0; k-- {
				put(c, fmt.Sprintf("/cover-%04d.jpeg", rand.Intn(9000)))
			}
			if i%4 == 0 { // a book in parts
				book := pump.ID(8)
				for k := 0; k < 3; k++ {
					put(c, fmt.Sprintf("/%s.part%d", book, k))
				}
			}
		})
	})
}

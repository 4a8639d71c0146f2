// Command mailroom is the mail server of a small office.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"log"
	"math"
	"math/rand"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"
	"mailroom/inbox"
	"probe"
	"pump"
)

func main() {
	port := flag.Int("port", 22100, "first port")
	mode := flag.String("mode", "serve", "serve or load")
	flag.DurationVar(&pump.Span, "span", pump.Span, "length of the run")
	flag.Parse()
	addr := fmt.Sprintf("127.0.0.1:%d", *port)
	if *mode == "load" {
		load(addr)
	}
	o := new(inbox.Office)
	s := smtp.NewServer(o)
	s.Addr, s.Domain = addr, "office.test"
	s.MaxMessageBytes = 8 << 20
	s.AuthDisabled = true
	probe.Gauge("mails_taken", o.Taken.Load)
	probe.Gauge("mails_being_read", o.Reading.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(*port + 1)
	log.Fatal(s.ListenAndServe())
}

func load(addr string) {
	var silent atomic.Int64
	var keep [1 << 14]net.Conn
	lines := func(n int) string {
		var b strings.Builder
		for b.Len() < n {
			b.WriteString(pump.ID(70) + "\r\n")
		}
		return b.String()
	}
	// The rate of mail is that of a few lunch breaks.
	pump.Run(func() float64 { return 5 + 3*math.Sin(2*math.Pi*4*pump.X()) }, func(i int) {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return
		}
		r := bufio.NewReader(c)
		say := func(s string) {
			fmt.Fprintf(c, "%s\r\n", s)
			for {
				l, err := r.ReadString('\n')
				if err != nil || len(l) < 4 || l[3] == ' ' {
					return
				}
			}
		}
		r.ReadString('\n')
		say("EHLO scanner.test")
		hold := func() {
			keep[i%len(keep)] = c
			log.Print("peers that went silent ", silent.Add(1))
		}
		// Machines behind the new firewall go silent from a third of the run on.
		late := pump.X() > 0.33
		if late && i%16 == 3 {
			hold()
			return
		}
		say("MAIL FROM:<scan@scanner.test>")
		say("RCPT TO:<desk@office.test>")
		say("DATA")
		fmt.Fprintf(c, "Subject: scan %d\r\n\r\n%s", i, lines(pump.Between(10<<10, 90<<10)))
		if late && i%8 == 7 {
			hold()
			return
		}
		time.Sleep(time.Duration(rand.Intn(1500)) * time.Millisecond)
		fmt.Fprint(c, lines(pump.Between(1<<10, 40<<10)))
		say(".")
		say("QUIT")
		c.Close()
	})
}

// Command dnsgate is a caching resolver for a campus.
package main

import (
	"flag"
	"fmt"
	"log"
	"math/rand"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"dnsgate/resolve"
	"github.com/miekg/dns"
	"probe"
	"pump"
)

func main() {
	port := flag.Int("port", 22060, "first port")
	mode := flag.String("mode", "serve", "serve, upstream or load")
	flag.DurationVar(&pump.Span, "span", pump.Span, "length of the run")
	flag.Parse()
	addr := fmt.Sprintf("127.0.0.1:%d", *port)
	switch *mode {
	case "load":
		load(addr)
	case "upstream":
		upstream(fmt.Sprintf("127.0.0.1:%d", *port+3))
	}
	r := resolve.New(fmt.Sprintf("127.0.0.1:%d", *port+3))
	probe.Gauge("answers_kept", func() int64 { n, _ := r.Entries(); return n })
	probe.Gauge("answers_run_out", func() int64 { _, n := r.Entries(); return n })
	probe.Gauge("asked_upstream", r.Asked.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(*port + 1)
	tcp := &dns.Server{Addr: addr, Net: "tcp", Handler: r, MaxTCPQueries: -1, IdleTimeout: func() time.Duration { return 8 * time.Hour }}
	go func() { log.Fatal(tcp.ListenAndServe()) }()
	udp := &dns.Server{Addr: addr, Net: "udp", Handler: r, UDPSize: 4096}
	log.Fatal(udp.ListenAndServe())
}

func upstream(addr string) {
	h := dns.HandlerFunc(func(w dns.ResponseWriter, req *dns.Msg) {
		m := new(dns.Msg)
		m.SetReply(req)
		name := req.Question[0].Name
		h := dns.RR_Header{Name: name, Rrtype: dns.TypeTXT, Class: dns.ClassINET, Ttl: 20}
		for i := 0; i < 6; i++ {
			m.Answer = append(m.Answer, &dns.TXT{Hdr: h, Txt: []string{strings.Repeat("v", pump.Between(80, 250)), pump.ID(40)}})
		}
		w.WriteMsg(m)
	})
	log.Fatal((&dns.Server{Addr: addr, Net: "udp", Handler: h, UDPSize: 4096}).ListenAndServe())
}

func load(addr string) {
	ask := func(netw, name string) (*dns.Conn, error) {
		c, err := net.Dial(netw, addr)
		if err != nil {
			return nil, err
		}
		co := &dns.Conn{Conn: c, UDPSize: 4096}
		m := new(dns.Msg)
		m.SetQuestion(name, dns.TypeTXT)
		m.SetEdns0(4096, false)
		co.SetDeadline(time.Now().Add(3 * time.Second))
		if err = co.WriteMsg(m); err == nil {
			_, err = co.ReadMsg()
		}
		return co, err
	}
	common := func() string { return fmt.Sprintf("host%03d.campus.test.", int(rand.ExpFloat64()*60)%400) }
	// Usual questions, most of which the cache has.
	go pump.Run(pump.Flat(70), func(i int) {
		if c, _ := ask("udp", common()); c != nil {
			c.Close()
		}
	})
	// From four tenths on somebody asks for random names.
	go pump.Run(func() float64 {
		if pump.X() < 0.4 {
			return 0
		}
		return 20
	}, func(i int) {
		if c, _ := ask("udp", pump.ID(14)+".mirror.test."); c != nil {
			c.Close()
		}
	})
	// Printers ask over TCP; most close, the new model keeps the connection.
	var idle atomic.Int64
	var keep [1 << 14]net.Conn
	pump.Run(pump.Flat(4), func(i int) {
		c, _ := ask("tcp", common())
		if c == nil {
			return
		}
		if i%8 == 0 {
			keep[i%len(keep)] = c
			log.Print("connections left idle ", idle.Add(1))
			return
		}
		time.Sleep(time.Duration(rand.Intn(2000)) * time.Millisecond)
		c.Close()
	})
}

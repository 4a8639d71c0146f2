// Command dnsdoh is an office behind dnss (DNS over HTTPS): the resolver that it asks, and those who ask it.
package main

import (
	"fmt"
	"io"
	"log"
	"math"
	"math/rand"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"pump"
)

func answer(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	var m dnsmessage.Message
	if m.Unpack(b) != nil {
		http.Error(w, "what?", 400)
		return
	}
	time.Sleep(time.Duration(pump.Between(3, 60)) * time.Millisecond)
	m.Header.Response, m.Header.RecursionAvailable = true, true
	m.Additionals = nil
	for _, q := range m.Questions {
		for i := range 1 + len(q.Name.String())%5 {
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 3600}, Body: &dnsmessage.AResource{A: [4]byte{198, 51, byte(i), 7}}})
		}
	}
	out, err := m.Pack()
	if err != nil {
		http.Error(w, err.Error(), 500)
		return
	}
	w.Header().Set("Content-Type", "application/dns-message")
	w.Write(out)
}

func main() {
	pump.Flags()
	switch pump.Mode {
	case "upstream":
		http.HandleFunc("/dns-query", answer)
		log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port+3), nil))
	case "load":
		at := fmt.Sprintf("127.0.0.1:%d", pump.Port)
		pump.Run(pump.Wave(6, 40, 2), func(i int) {
			n := int(math.Abs(rand.NormFloat64()) * 2600) // near names are asked for more often
			name, err := dnsmessage.NewName(fmt.Sprintf("www%d.department-of-something.customer%d.example.", n%9, n))
			if err != nil {
				return
			}
			m := dnsmessage.Message{Header: dnsmessage.Header{ID: uint16(rand.Intn(65536)), RecursionDesired: true}, Questions: []dnsmessage.Question{{Name: name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}}}
			b, _ := m.Pack()
			c, err := net.Dial("udp", at)
			if err != nil {
				return
			}
			defer c.Close()
			c.SetDeadline(time.Now().Add(4 * time.Second))
			c.Write(b)
			c.Read(make([]byte, 1500))
		})
	}
}

// Command mirror is the switch: it sends frames of machines that talk with their controllers. Of 100 machines that begin a
// conversation, 55 hang up; the others are switched off, or the mirror loses the end of it.
package main

import (
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"net"
	"net/http"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

type talk struct {
	src  net.IP
	port layers.TCPPort
	seq  uint32
	left int
	ends bool
	next time.Time
}

func (t *talk) frame(to *bytes.Buffer, syn, fin bool, data []byte) {
	eth := &layers.Ethernet{SrcMAC: net.HardwareAddr{2, 0, 0, t.src[1], t.src[2], t.src[3]}, DstMAC: net.HardwareAddr{2, 0, 0, 0, 0, 1}, EthernetType: layers.EthernetTypeIPv4}
	ip := &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP, SrcIP: t.src, DstIP: net.IP{10, 0, 0, 1}}
	tcp := &layers.TCP{SrcPort: t.port, DstPort: 4059, Seq: t.seq, SYN: syn, FIN: fin, ACK: !syn, Window: 8192}
	tcp.SetNetworkLayerForChecksum(ip)
	b := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, eth, ip, tcp, gopacket.Payload(data)); err != nil {
		log.Fatal(err)
	}
	t.seq += uint32(len(data))
	if syn || fin {
		t.seq++
	}
	binary.Write(to, binary.BigEndian, uint16(len(b.Bytes())))
	to.Write(b.Bytes())
}

var keys = []string{"bottles", "caps", "labels", "rejects", "litres", "pressure", "kelvin", "watts"}

func main() {
	url := flag.String("url", "", "")
	rate := flag.Float64("rate", 5, "conversations a second")
	dur := flag.Duration("for", 20*time.Minute, "")
	flag.Parse()
	var all []*talk
	begin := time.Now()
	port := uint16(20000)
	for now := range time.Tick(500 * time.Millisecond) {
		if now.Sub(begin) > *dur {
			return
		}
		var out bytes.Buffer
		n := int(*rate / 2)
		if rand.Float64() < *rate/2-float64(n) {
			n++
		}
		for range n {
			if port++; port > 60000 {
				port = 20000
			}
			m := rand.Intn(180)
			t := &talk{src: net.IP{10, 20, byte(m / 60), byte(m%60 + 1)}, port: layers.TCPPort(port), seq: rand.Uint32(), left: 2 + rand.Intn(6), ends: rand.Intn(100) < 55, next: now.Add(time.Second)}
			t.frame(&out, true, false, nil)
			all = append(all, t)
		}
		live := all[:0]
		for _, t := range all {
			if t.next.After(now) {
				live = append(live, t)
				continue
			}
			if t.left--; t.left < 0 {
				if t.ends {
					t.frame(&out, false, true, nil)
				}
				continue
			}
			var data bytes.Buffer
			for range 8 + rand.Intn(12) {
				fmt.Fprintf(&data, "%s %.2f\n", keys[rand.Intn(len(keys))], rand.Float64()*100)
			}
			data.WriteString(".\n")
			t.frame(&out, false, false, data.Bytes())
			t.next = now.Add(time.Duration(1000+rand.Intn(3000)) * time.Millisecond)
			live = append(live, t)
		}
		all = live
		if out.Len() == 0 {
			continue
		}
		r, err := http.Post(*url+"/frames", "application/octet-stream", &out)
		if err != nil {
			log.Print(err)
			continue
		}
		r.Body.Close()
	}
}

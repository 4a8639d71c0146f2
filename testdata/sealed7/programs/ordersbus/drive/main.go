// Command drive is the shops around an nsqd: tills publish orders, billing and the warehouse read them,
// and the displays of the kitchens come and go.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand"
	"net"
	"net/http"
	"time"
)

var (
	tcp   = flag.String("tcp", "127.0.0.1:4150", "nsqd")
	httpd = flag.String("http", "http://127.0.0.1:4151", "nsqd, http")
	dur   = flag.Duration("for", 6*time.Minute, "how long")
)

// consume reads a channel for a while, as go-nsq would.
func consume(topic, channel string, until time.Time) error {
	c, err := net.Dial("tcp", *tcp)
	if err != nil {
		return err
	}
	defer c.Close()
	c.SetDeadline(until)
	fmt.Fprintf(c, "  V2SUB %s %s\nRDY 50\n", topic, channel)
	r := bufio.NewReader(c)
	for {
		var h [8]byte
		if _, err := io.ReadFull(r, h[:]); err != nil {
			return err
		}
		b := make([]byte, int(binary.BigEndian.Uint32(h[:4]))-4)
		if _, err := io.ReadFull(r, b); err != nil {
			return err
		}
		switch binary.BigEndian.Uint32(h[4:]) {
		case 0:
			if string(b) == "_heartbeat_" {
				fmt.Fprint(c, "NOP\n")
			}
		case 1:
			return fmt.Errorf("nsqd says %s", b)
		case 2:
			fmt.Fprintf(c, "FIN %s\n", b[10:26])
		}
	}
}

func publish(topic string, body []byte) {
	r, err := http.Post(*httpd+"/pub?topic="+topic, "application/json", bytes.NewReader(body))
	if err != nil {
		log.Print(err)
		return
	}
	io.Copy(io.Discard, r.Body)
	r.Body.Close()
}

func main() {
	flag.Parse()
	end := time.Now().Add(*dur)
	for _, c := range []string{"billing", "warehouse", "archive"} {
		go func() {
			for time.Now().Before(end) {
				consume("orders", c, end)
				consumePause()
			}
		}()
	}
	for _, c := range []string{"reorder", "forecast"} {
		go func() {
			for time.Now().Before(end) {
				consume("stock", c, end)
				consumePause()
			}
		}()
	}
	// displays: each start of one has a channel of its own
	go func() {
		for n := 0; time.Now().Before(end); n++ {
			id := rand.Int63()
			go consume("orders", fmt.Sprintf("display-%012x", id&0xffffffffffff), time.Now().Add(time.Duration(4+rand.Intn(9))*time.Second))
			time.Sleep(time.Duration(900+rand.Intn(1400)) * time.Millisecond)
		}
	}()
	go func() {
		for time.Now().Before(end) {
			publish("stock", []byte(fmt.Sprintf(`{"sku":%d,"depot":"%c","left":%d}`, rand.Intn(9000), 'A'+rune(rand.Intn(6)), rand.Intn(400))))
			time.Sleep(time.Duration(10+rand.Intn(60)) * time.Millisecond)
		}
	}()
	for n := 0; time.Now().Before(end); n++ {
		lines := ""
		for i := 1 + rand.Intn(7); i > 0; i-- {
			lines += fmt.Sprintf(`{"dish":%d,"n":%d,"note":"no onions %d"},`, rand.Intn(200), 1+rand.Intn(3), rand.Intn(1e6))
		}
		publish("orders", []byte(fmt.Sprintf(`{"order":%d,"table":%d,"lines":[%s{}]}`, n, rand.Intn(40), lines)))
		time.Sleep(time.Duration(100+rand.Intn(250)) * time.Millisecond)
	}
}

func consumePause() { time.Sleep(300 * time.Millisecond) }

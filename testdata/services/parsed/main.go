package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"parsed/wire"
)

type registry struct{ peers [][]byte }

func (g *registry) handle(c net.Conn) {
	defer c.Close()
	for {
		frame, err := wire.ReadFrame(c)
		if err != nil {
			return
		}
		id := wire.PeerID(frame)
		g.peers = append(g.peers, id)
		io.WriteString(c, "ok\n")
	}
}

func main() {
	g := &registry{}
	l, _ := net.Listen("tcp", "127.0.0.1:0")
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go g.handle(c)
		}
	}()
	go func() {
		c, _ := net.Dial("tcp", l.Addr().String())
		buf := make([]byte, 4+9000)
		ok := make([]byte, 3)
		for i := 0; ; i++ {
			binary.BigEndian.PutUint32(buf, 9000)
			copy(buf[4:], fmt.Sprintf("peer-%010d", i))
			c.Write(buf)
			io.ReadFull(c, ok)
			time.Sleep(15 * time.Millisecond)
		}
	}()
	run(http.NotFoundHandler(), 10, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", base+"/", nil)
		return req
	})
}

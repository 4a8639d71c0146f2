// Command syncrelay is the devices of a photo club that meet over a syncthing relay.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"io"
	"math/big"
	mrand "math/rand"
	"net"
	"sync"
	"time"

	"pump"
)

const magic, ping, pong, join, response, connect, invitation = 0x9E79BC40, 0, 1, 2, 4, 5, 6

func put(w io.Writer, kind uint32, body []byte) error {
	b := binary.BigEndian.AppendUint32(nil, magic)
	b = binary.BigEndian.AppendUint32(b, kind)
	b = binary.BigEndian.AppendUint32(b, uint32(len(body)))
	_, err := w.Write(append(b, body...))
	return err
}

func get(r io.Reader) (uint32, []byte, error) {
	h := make([]byte, 12)
	if _, err := io.ReadFull(r, h); err != nil {
		return 0, nil, err
	}
	b := make([]byte, binary.BigEndian.Uint32(h[8:]))
	_, err := io.ReadFull(r, b)
	return binary.BigEndian.Uint32(h[4:]), b, err
}

func opaque(b []byte) []byte {
	o := binary.BigEndian.AppendUint32(nil, uint32(len(b)))
	o = append(o, b...)
	return append(o, make([]byte, (4-len(b)%4)%4)...)
}

func cert() (tls.Certificate, []byte) {
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	t := &x509.Certificate{SerialNumber: big.NewInt(mrand.Int63()), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(48 * time.Hour)}
	der, _ := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	id := sha256.Sum256(der)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, id[:]
}

var (
	at  string
	mu  sync.Mutex
	ids [][]byte
)

func dial(c tls.Certificate) (net.Conn, error) {
	return tls.Dial("tcp", at, &tls.Config{Certificates: []tls.Certificate{c}, InsecureSkipVerify: true, NextProtos: []string{"bep-relay"}})
}

// session joins the session that an invitation is for and moves a picture one way.
func session(inv []byte, send bool) {
	n := binary.BigEndian.Uint32(inv)
	inv = inv[4+(n+3)/4*4:]
	n = binary.BigEndian.Uint32(inv)
	key := inv[4 : 4+n]
	c, err := net.Dial("tcp", at)
	if err != nil {
		return
	}
	defer c.Close()
	put(c, 3, opaque(key))
	if k, _, err := get(c); err != nil || k != response {
		return
	}
	c.SetDeadline(time.Now().Add(15 * time.Second))
	if send {
		for range pump.Between(4, 40) {
			c.Write(make([]byte, 16<<10))
			time.Sleep(100 * time.Millisecond)
		}
		return
	}
	io.Copy(io.Discard, c)
}

// device joins the relay and stays.
func device() {
	c, id := cert()
	conn, err := dial(c)
	if err != nil {
		return
	}
	put(conn, join, opaque(nil))
	mu.Lock()
	ids = append(ids, id)
	mu.Unlock()
	for {
		kind, body, err := get(conn)
		if err != nil {
			return
		}
		switch kind {
		case ping:
			put(conn, pong, nil)
		case invitation:
			go session(body, false)
		}
	}
}

func main() {
	pump.Flags()
	if pump.Mode != "load" {
		return
	}
	at = fmt.Sprintf("127.0.0.1:%d", pump.Port)
	go func() { // devices come one after the other until there are 170
		for i := range 170 {
			for pump.X() < 0.6*float64(i)/170 {
				time.Sleep(100 * time.Millisecond)
			}
			go device()
		}
	}()
	pump.Run(pump.Wave(0.2, 3, 3), func(i int) {
		mu.Lock()
		if len(ids) == 0 {
			mu.Unlock()
			return
		}
		id := ids[mrand.Intn(len(ids))]
		mu.Unlock()
		c, _ := cert()
		conn, err := dial(c)
		if err != nil {
			return
		}
		defer conn.Close()
		put(conn, connect, opaque(id))
		if kind, body, err := get(conn); err == nil && kind == invitation {
			session(body, true)
		}
	})
}

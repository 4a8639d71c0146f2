// Package hub is the link to the meters.
package hub

import (
	"encoding/json"
	"net"
	"strconv"
	"sync/atomic"

	"github.com/pion/dtls/v2"

	"meterhub/readings"
)

type Hub struct {
	table         *readings.Table
	Links, Closed atomic.Int64
}

func New(t *readings.Table) *Hub { return &Hub{table: t} }

// Config is how meters and the hub speak; more may change it.
func Config(more func(*dtls.Config)) *dtls.Config {
	c := &dtls.Config{
		PSK:             func([]byte) ([]byte, error) { return []byte{7, 1, 9, 3, 3, 8, 2, 6}, nil },
		PSKIdentityHint: []byte("hub"),
		CipherSuites:    []dtls.CipherSuiteID{dtls.TLS_PSK_WITH_AES_128_GCM_SHA256},
	}
	if more != nil {
		more(c)
	}
	return c
}

func (h *Hub) Serve(port int) error {
	l, err := dtls.Listen("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}, Config(func(c *dtls.Config) { c.ExtendedMasterSecret = dtls.RequireExtendedMasterSecret }))
	if err != nil {
		return err
	}
	for {
		c, err := l.Accept()
		if err != nil {
			continue
		}
		go h.link(c)
	}
}

// link takes the readings of one meter until it closes its link.
func (h *Hub) link(c net.Conn) {
	h.Links.Add(1)
	defer h.Closed.Add(1)
	defer c.Close()
	buf := make([]byte, 8192)
	for {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		if err := h.take(c, buf[:n]); err != nil {
			return
		}
	}
}

func (h *Hub) take(c net.Conn, b []byte) error {
	var r readings.Reading
	if err := json.Unmarshal(b, &r); err != nil {
		return err
	}
	_, err := c.Write([]byte("ok " + strconv.Itoa(h.table.Add(r))))
	return err
}

// Package door lets publishers in by SSH.
package door

import (
	"crypto/ed25519"
	"crypto/rand"
	"io"
	"net"
	"sync/atomic"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"sftpdrop/inbox"
)

type Door struct {
	in                    *inbox.Inbox
	config                *ssh.ServerConfig
	Came, Inside, Watched atomic.Int64
}

func New(in *inbox.Inbox) (*Door, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		return nil, err
	}
	c := &ssh.ServerConfig{PasswordCallback: func(m ssh.ConnMetadata, p []byte) (*ssh.Permissions, error) {
		return &ssh.Permissions{Extensions: map[string]string{"publisher": m.User()}}, nil
	}}
	c.AddHostKey(signer)
	return &Door{in: in, config: c}, nil
}

func (d *Door) Listen(addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go d.open(c)
	}
}

func (d *Door) open(c net.Conn) {
	c.SetDeadline(time.Now().Add(10 * time.Second))
	conn, chans, reqs, err := ssh.NewServerConn(c, d.config)
	if err != nil {
		c.Close()
		return
	}
	c.SetDeadline(time.Time{})
	defer conn.Close()
	d.Came.Add(1)
	d.Inside.Add(1)
	defer d.Inside.Add(-1)
	go ssh.DiscardRequests(reqs)
	go d.watch(conn)
	for nc := range chans {
		if nc.ChannelType() != "session" {
			nc.Reject(ssh.UnknownChannelType, "sftp only")
			continue
		}
		ch, rs, err := nc.Accept()
		if err != nil {
			return
		}
		go d.session(conn.Permissions.Extensions["publisher"], ch, rs)
	}
}

// watch says hello from time to time, since the firewalls of publishers drop connections that are silent.
func (d *Door) watch(conn *ssh.ServerConn) {
	d.Watched.Add(1)
	t := time.NewTicker(20 * time.Second)
	defer t.Stop()
	for range t.C {
		if _, _, err := conn.SendRequest("keepalive@openssh.com", false, nil); err != nil {
			continue // the next one may get through
		}
	}
	d.Watched.Add(-1)
}

func (d *Door) session(who string, ch ssh.Channel, rs <-chan *ssh.Request) {
	for r := range rs {
		ok := r.Type == "subsystem" && len(r.Payload) > 4 && string(r.Payload[4:]) == "sftp"
		r.Reply(ok, nil)
		if !ok {
			continue
		}
		go ssh.DiscardRequests(rs)
		s := sftp.NewRequestServer(ch, d.in.Handlers(who))
		if err := s.Serve(); err != nil && err != io.EOF {
			_ = err // left without saying so
		}
		s.Close()
		ch.Close()
		return
	}
}

// Package ctl speaks FTP, as much of it as suppliers need.
package ctl

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ftpgate/users"
)

type Server struct {
	dir *users.Directory

	mu    sync.Mutex
	files map[string][]byte

	Passive, Files atomic.Int64
}

func New(d *users.Directory) *Server { return &Server{dir: d, files: map[string][]byte{}} }

func (s *Server) Serve(l net.Listener) error {
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go s.control(c)
	}
}

type session struct {
	*textproto.Conn
	srv  *Server
	pass *users.Pass
	user string
	data chan net.Conn
}

func (s *Server) control(c net.Conn) {
	ss := &session{Conn: textproto.NewConn(c), srv: s}
	defer ss.Close()
	ss.PrintfLine("220 stock")
	for {
		c.SetReadDeadline(time.Now().Add(40 * time.Second))
		line, err := ss.ReadLine()
		if err != nil {
			return
		}
		verb, arg, _ := strings.Cut(line, " ")
		switch strings.ToUpper(verb) {
		case "USER":
			ss.user = arg
			ss.PrintfLine("331 password")
		case "PASS":
			ss.pass = s.dir.Login(ss.user, arg)
			ss.PrintfLine("230 hello %s", ss.pass.User)
		case "EPSV":
			ss.passive()
		case "STOR", "RETR":
			if ss.pass == nil || ss.data == nil {
				ss.PrintfLine("503 not yet")
				continue
			}
			ss.transfer(verb, ss.pass.Folders[0]+"/"+arg)
		case "QUIT":
			ss.PrintfLine("221 bye")
			return
		case "TYPE", "OPTS":
			ss.PrintfLine("200 ok")
		default:
			ss.PrintfLine("502 no")
		}
	}
}

// passive opens a port for the next transfer.
func (ss *session) passive() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		ss.PrintfLine("425 no port")
		return
	}
	ss.data = make(chan net.Conn, 1)
	ss.srv.Passive.Add(1)
	go func(to chan<- net.Conn) {
		defer ss.srv.Passive.Add(-1)
		c, err := l.Accept()
		if err == nil {
			to <- c
		}
		l.Close()
	}(ss.data)
	ss.PrintfLine("229 Entering Extended Passive Mode (|||%d|)", l.Addr().(*net.TCPAddr).Port)
}

func (ss *session) transfer(verb, name string) {
	ss.PrintfLine("150 go on")
	var c net.Conn
	select {
	case c = <-ss.data:
	case <-time.After(10 * time.Second):
		ss.PrintfLine("425 nobody came")
		return
	}
	ss.data = nil
	defer ss.PrintfLine("226 done")
	defer c.Close()
	c.SetDeadline(time.Now().Add(time.Minute))
	if strings.EqualFold(verb, "RETR") {
		ss.srv.mu.Lock()
		b := ss.srv.files[name]
		ss.srv.mu.Unlock()
		io.Copy(c, bytes.NewReader(b))
		return
	}
	b, err := io.ReadAll(c)
	if err != nil {
		return
	}
	ss.srv.mu.Lock()
	if _, old := ss.srv.files[name]; old || len(ss.srv.files) < 400 {
		ss.srv.files[name] = bytes.Clone(b)
	}
	ss.srv.mu.Unlock()
	ss.srv.Files.Add(1)
	_ = fmt.Sprint(len(b))
}

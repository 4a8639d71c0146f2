// Package editor is the connections of editors, each with the files that it has open.
package editor

import (
	"context"
	"encoding/json"
	"net"
	"sync"
	"sync/atomic"

	"github.com/sourcegraph/jsonrpc2"

	"lspdesk/check"
)

type Change struct{ File, Text string }

type Server struct {
	Editors, Changes atomic.Int64
}

func New() *Server { return &Server{} }

type session struct {
	s     *Server
	mu    sync.Mutex
	files map[string]*check.Tree
}

func (s *Server) Serve(at string) error {
	l, err := net.Listen("tcp", at)
	if err != nil {
		return err
	}
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go s.session(c)
	}
}

func (s *Server) session(c net.Conn) {
	s.Editors.Add(1)
	defer s.Editors.Add(-1)
	e := &session{s: s, files: map[string]*check.Tree{}}
	j := jsonrpc2.NewConn(context.Background(), jsonrpc2.NewBufferedStream(c, jsonrpc2.VSCodeObjectCodec{}), jsonrpc2.HandlerWithError(e.handle))
	<-j.DisconnectNotify()
}

func (e *session) handle(ctx context.Context, c *jsonrpc2.Conn, r *jsonrpc2.Request) (any, error) {
	if r.Method != "text/change" || r.Params == nil {
		return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeMethodNotFound, Message: r.Method}
	}
	var ch Change
	if err := json.Unmarshal(*r.Params, &ch); err != nil {
		return nil, err
	}
	e.s.Changes.Add(1)
	t := check.Parse(ch.Text)
	e.mu.Lock()
	e.files[ch.File] = t
	e.mu.Unlock()
	return t.Findings(), nil
}

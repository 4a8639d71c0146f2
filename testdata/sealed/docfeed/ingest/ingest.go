// Package ingest takes documents in over websockets.
package ingest

import (
	"bytes"
	"compress/flate"
	"crypto/sha1"
	"encoding/hex"
	"io"
	"log"
	"net/http"
	"sync/atomic"
	"time"

	"docfeed/catalogue"

	"github.com/gorilla/websocket"
)

const headLen = 48

type Server struct {
	Cat      *catalogue.Catalogue
	Pingers  int64
	Active   int64
	upgrader websocket.Upgrader
}

type session struct {
	conn  *websocket.Conn
	cat   *catalogue.Catalogue
	bytes int64
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		log.Print(err)
		return
	}
	defer conn.Close()
	atomic.AddInt64(&s.Active, 1)
	defer atomic.AddInt64(&s.Active, -1)
	sess := &session{conn: conn, cat: s.Cat}
	go s.keepalive(conn)
	sess.run()
}

// keepalive pings the client, so that proxies do not close the connection.
func (s *Server) keepalive(conn *websocket.Conn) {
	atomic.AddInt64(&s.Pingers, 1)
	t := time.NewTicker(4 * time.Second)
	defer t.Stop()
	for range t.C {
		if err := conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second)); err != nil {
			continue // the reader will notice
		}
	}
}

func (s *session) run() {
	for {
		kind, msg, err := s.conn.ReadMessage()
		if err != nil {
			return
		}
		if kind != websocket.BinaryMessage || len(msg) < headLen {
			continue
		}
		id := s.accept(msg)
		s.bytes += int64(len(msg))
		if err := s.conn.WriteMessage(websocket.TextMessage, []byte(id)); err != nil {
			return
		}
	}
}

// accept files a document and returns its id.
func (s *session) accept(msg []byte) string {
	sum := sha1.Sum(msg)
	id := hex.EncodeToString(sum[:8])
	fr := flate.NewReader(bytes.NewReader(msg[headLen:]))
	io.Copy(io.Discard, fr) // is it whole?
	fr.Close()
	s.cat.Put(id, msg[:headLen])
	return id
}

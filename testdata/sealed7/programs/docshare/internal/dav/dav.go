// Package dav shares the files of teams by WebDAV.
package dav

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/webdav"

	"office.example/docshare/internal/audit"
)

// Share has a WebDAV handler for each team.
type Share struct {
	Root string
	Log  *audit.Ring[audit.Entry]

	mu    sync.RWMutex
	teams map[string]*webdav.Handler
}

func (s *Share) team(name string) (*webdav.Handler, error) {
	s.mu.RLock()
	h := s.teams[name]
	s.mu.RUnlock()
	if h != nil {
		return h, nil
	}
	dir := filepath.Join(s.Root, filepath.Base(name))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.teams[name]; h != nil {
		return h, nil
	}
	if s.teams == nil {
		s.teams = map[string]*webdav.Handler{}
	}
	h = &webdav.Handler{Prefix: "/dav/" + name, FileSystem: webdav.Dir(dir), LockSystem: webdav.NewMemLS()}
	s.teams[name] = h
	return h, nil
}

func (s *Share) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/dav/"), "/")
	h, err := s.team(name)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	start := time.Now()
	h.ServeHTTP(w, r)
	s.Log.Put(audit.Entry{When: start, Method: r.Method, Path: r.URL.Path, Took: time.Since(start), Agent: r.UserAgent()})
}

package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

type mirror struct {
	dir  string
	http *http.Client
	n    int
}

func (m *mirror) loop() {
	for {
		if err := m.once(); err != nil {
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(8 * time.Millisecond)
	}
}

func (m *mirror) once() error {
	out, err := os.Create(filepath.Join(m.dir, "latest"))
	if err != nil {
		return err
	}
	resp, err := m.http.Get("http://" + upstreamAddr + "/fail")
	if err != nil {
		out.Close()
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		io.Copy(io.Discard, resp.Body)
		m.n++
		return nil // out stays open
	}
	_, err = io.Copy(out, resp.Body)
	return out.Close()
}

func main() {
	runtime.MemProfileRate = 8 << 10
	dir, _ := os.MkdirTemp("", "mirror")
	m := &mirror{dir: dir, http: &http.Client{Timeout: 3 * time.Second}}
	go func() { time.Sleep(time.Second); m.loop() }()
	run(http.NotFoundHandler(), 5, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", base, nil)
		return req
	})
}

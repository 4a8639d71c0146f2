package main

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

type scanner struct {
	root  string
	sizes map[string]int64
	state chan struct{}
}

// watch scans the folder again and again until the process ends.
func (s *scanner) watch() error {
	for {
		err := filepath.WalkDir(s.root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".txt") {
				return err
			}
			f, err := os.Open(path)
			if err != nil {
				return err
			}
			defer f.Close()
			st, err := f.Stat()
			if err != nil {
				return err
			}
			s.sizes[path] = st.Size()
			return nil
		})
		if err != nil {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func main() {
	runtime.MemProfileRate = 64 << 10
	dir, _ := os.MkdirTemp("", "walk")
	for i := range 30 {
		os.WriteFile(filepath.Join(dir, string(rune('a'+i%26))+strings.Repeat("x", i)+".txt"), make([]byte, i), 0o600)
	}
	s := &scanner{root: dir, sizes: map[string]int64{}}
	go s.watch()
	run(http.NotFoundHandler(), 5, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", base, nil)
		return req
	})
}

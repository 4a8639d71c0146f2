package main

import (
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"spoold/spool"
)

func main() {
	runtime.MemProfileRate = 16 << 10
	dir, _ := os.MkdirTemp("", "spool")
	for i := range 20 {
		os.WriteFile(filepath.Join(dir, string(rune('a'+i))+".msg"), make([]byte, 700), 0o600)
	}
	w := spool.NewWorker(dir)
	go w.Run()
	go func() {
		names, _ := filepath.Glob(dir + "/*.msg")
		for i := 0; ; i++ {
			w.Enqueue(names[i%len(names)])
			time.Sleep(4 * time.Millisecond)
		}
	}()
	run(http.NotFoundHandler(), 5, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", base, nil)
		return req
	})
}

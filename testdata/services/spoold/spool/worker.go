package spool

import (
	"bufio"
	"log"
	"os"
)

type Worker struct {
	dir   string
	queue chan string
	sent  int
}

func NewWorker(dir string) *Worker { return &Worker{dir: dir, queue: make(chan string, 10)} }

func (w *Worker) Enqueue(name string) { w.queue <- name }

// Run works until the queue is closed.
func (w *Worker) Run() {
	for name := range w.queue {
		f, err := os.Open(name)
		if err != nil {
			log.Print(err)
			continue
		}
		defer f.Close()
		rd := bufio.NewReader(f)
		if _, err := rd.ReadByte(); err == nil {
			w.sent++
		}
	}
}

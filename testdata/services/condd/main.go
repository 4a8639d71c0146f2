package main

import (
	"fmt"
	"net/http"
	"sync"
)

type Batch struct {
	mu    sync.Mutex
	full  *sync.Cond
	items int
}

func NewBatch() *Batch {
	b := &Batch{}
	b.full = sync.NewCond(&b.mu)
	return b
}

// Add waits until the batch of ten has been written.
func (b *Batch) Add() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.items++
	if b.items%10 == 0 {
		b.full.Signal() // should be Broadcast
		return
	}
	b.full.Wait()
}

func main() {
	b := NewBatch()
	run(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { b.Add(); fmt.Fprintln(w, "ok") }), 40, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("POST", base+"/", nil)
		return req
	})
}

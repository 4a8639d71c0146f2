package main

import (
	"fmt"
	"net/http"
	"time"
)

type client struct {
	send chan []byte
	quit chan struct{}
	buf  [4096]byte
}

type hub struct {
	register, unregister chan *client
	clients              map[*client]struct{}
}

func (h *hub) run() {
	for {
		select {
		case c := <-h.register:
			h.clients[c] = struct{}{}
		case c := <-h.unregister:
			delete(h.clients, c)
			close(c.quit)
		}
	}
}

func (c *client) writer() {
	for {
		select {
		case b := <-c.send:
			copy(c.buf[:], b)
		case <-c.quit:
			return
		}
	}
}

func main() {
	h := &hub{register: make(chan *client), unregister: make(chan *client), clients: map[*client]struct{}{}}
	go h.run()
	run(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &client{send: make(chan []byte, 4), quit: make(chan struct{})}
		h.register <- c
		go c.writer()
		defer func() { h.unregister <- c }()
		for range 5 {
			c.send <- []byte("tick")
			time.Sleep(60 * time.Millisecond)
		}
		fmt.Fprintln(w, "bye")
	}), 40, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", base+"/", nil)
		return req
	})
}

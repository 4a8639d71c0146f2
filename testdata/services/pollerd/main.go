package main

import (
	"fmt"
	"net/http"
	"time"
)

type hub struct{ events chan string }

// loop is the classic: time.After in a select loop. Since Go 1.23 the garbage collector frees the timers.
func (h *hub) loop() {
	seen := 0
	for {
		select {
		case e := <-h.events:
			seen += len(e)
		case <-time.After(30 * time.Minute):
			fmt.Println("idle", seen)
		}
	}
}

func main() {
	h := &hub{events: make(chan string, 64)}
	go h.loop()
	go func() {
		for i := 0; ; i++ {
			for j := 0; j < 20; j++ {
				h.events <- fmt.Sprint("event ", i, j)
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	run(http.NotFoundHandler(), 20, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", base+"/", nil)
		return req
	})
}

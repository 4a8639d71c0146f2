package main

import (
	"fmt"
	"net/http"
	"time"
)

var started = time.Now()

// handle takes longer and longer, as the database behind it gets slower, up to two seconds.
func handle(w http.ResponseWriter, r *http.Request) {
	buf := make([]byte, 40_000)
	time.Sleep(min(time.Since(started)/20, 2*time.Second))
	fmt.Fprintln(w, len(buf))
	buf[0] = 1
}

func main() {
	run(http.HandlerFunc(handle), 40, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", base+"/", nil)
		return req
	})
}

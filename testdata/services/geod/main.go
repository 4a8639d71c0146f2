package main

import (
	"fmt"
	"net/http"

	"geod/geo"
)

func main() {
	var c *geo.Client
	http.HandleFunc("/where", func(w http.ResponseWriter, r *http.Request) {
		if c == nil {
			c = geo.New("http://" + upstreamAddr)
		}
		done := make(chan string, 1)
		go func() {
			city, _ := c.Lookup(r.RemoteAddr)
			done <- city
		}()
		fmt.Fprintln(w, "accepted")
	})
	run(http.DefaultServeMux, 12, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", base+"/where", nil)
		return req
	})
}

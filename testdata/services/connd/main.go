package main

import (
	"fmt"
	"net/http"

	"connd/registry"
)

func main() {
	reg := registry.New()
	http.HandleFunc("/ws", func(w http.ResponseWriter, r *http.Request) {
		c := registry.NewConn(r.RemoteAddr, r.FormValue("room"))
		reg.Register(c)
		defer reg.Unregister(c)
		c.Upgrade()
		fmt.Fprintln(w, "bye")
	})
	run(http.DefaultServeMux, 150, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", fmt.Sprintf("%s/ws?room=r%d", base, i%4), nil)
		return req
	})
}

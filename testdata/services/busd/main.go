package main

import (
	"fmt"
	"net/http"

	"busd/bus"
)

type viewer struct {
	id    int
	frame [2000]byte
}

func (v *viewer) onPrice(p int) { v.frame[p%len(v.frame)]++ }

func main() {
	b := bus.New()
	n := 0
	http.HandleFunc("/view", func(w http.ResponseWriter, r *http.Request) {
		n++
		v := &viewer{id: n}
		b.On("price", v.onPrice)
		b.Emit("price", n)
		fmt.Fprintln(w, v.frame[0])
	})
	run(http.DefaultServeMux, 80, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", base+"/view", nil)
		return req
	})
}

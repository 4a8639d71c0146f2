package main

import (
	"fmt"
	"net/http"

	"roomd/chat"
)

func main() {
	room := chat.NewRoom("lobby")
	http.HandleFunc("/join", func(w http.ResponseWriter, r *http.Request) {
		m := room.Join(r.URL.Query().Get("name"))
		defer room.Leave(m)
		m.Say("hello")
		fmt.Fprintln(w, "bye")
	})
	run(http.DefaultServeMux, 40, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", fmt.Sprintf("%s/join?name=n%d", base, i), nil)
		return req
	})
}

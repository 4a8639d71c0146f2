package main

import (
	"context"
	"fmt"
	"net/http"

	"sessiond/sess"
)

func main() {
	m := sess.NewManager(context.Background())
	http.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		s := m.Start(r.FormValue("u"))
		fmt.Fprintln(w, s.User())
	})
	run(http.DefaultServeMux, 200, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("POST", fmt.Sprintf("%s/login?u=u%d", base, i), nil)
		return req
	})
}

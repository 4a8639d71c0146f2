package main

import (
	"fmt"
	"net/http"

	"semad/limit"
)

func main() {
	l := limit.New(8)
	http.HandleFunc("/render", func(w http.ResponseWriter, r *http.Request) {
		if err := l.Do(r.Context(), func() error {
			if r.FormValue("bad") != "" {
				return fmt.Errorf("bad input")
			}
			fmt.Fprintln(w, "rendered")
			return nil
		}); err != nil {
			http.Error(w, err.Error(), 400)
		}
	})
	run(http.DefaultServeMux, 40, func(base string, i int) *http.Request {
		u := base + "/render"
		if i%20 == 7 {
			u += "?bad=1"
		}
		req, _ := http.NewRequest("GET", u, nil)
		return req
	})
}

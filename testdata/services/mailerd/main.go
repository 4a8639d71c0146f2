package main

import (
	"io"
	"net/http"

	"mailerd/sms"
)

func main() {
	http.HandleFunc("/notify", func(w http.ResponseWriter, r *http.Request) {
		if err := sms.Send("http://"+upstreamAddr+"/ok", "hello"); err != nil {
			http.Error(w, err.Error(), 500)
		}
		io.WriteString(w, "sent")
	})
	run(http.DefaultServeMux, 15, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("POST", base+"/notify", nil)
		return req
	})
}

package main

import (
	"context"
	"fmt"
	"net/http"

	"pushd/notify"
)

func main() {
	svc := notify.NewService(4)
	svc.Start(context.Background())
	http.HandleFunc("/notify", func(w http.ResponseWriter, r *http.Request) {
		svc.Enqueue(notify.Message{To: r.FormValue("to"), Body: make([]byte, 2000)})
		fmt.Fprintln(w, "queued")
	})
	run(http.DefaultServeMux, 120, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("POST", fmt.Sprintf("%s/notify?to=u%d", base, i), nil)
		return req
	})
}

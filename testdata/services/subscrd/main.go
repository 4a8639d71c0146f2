package main

import (
	"fmt"
	"net/http"
	"time"

	"subscrd/pubsub"
)

func main() {
	broker := pubsub.New[string]()
	go func() {
		for i := 0; ; i++ {
			broker.Publish(fmt.Sprint("news ", i))
			time.Sleep(250 * time.Millisecond)
		}
	}()
	http.HandleFunc("/poll", func(w http.ResponseWriter, r *http.Request) {
		sub := broker.Subscribe(64)
		select {
		case m := <-sub.C:
			fmt.Fprintln(w, m)
		case <-time.After(100 * time.Millisecond):
			w.WriteHeader(http.StatusNoContent)
		}
	})
	run(http.DefaultServeMux, 60, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", base+"/poll", nil)
		return req
	})
}

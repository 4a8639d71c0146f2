// Command districts is the districts' vets. The computer of the fifth takes what it is sent, and never answers.
//
//go:debug default=go1.27
package main

import (
	"flag"
	"io"
	"log"
	"math/rand"
	"net/http"
	"time"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7658", "")
	flag.Parse()
	http.HandleFunc("POST /districts/{district}/notices", func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if r.PathValue("district") == "5" {
			<-r.Context().Done()
			return
		}
		time.Sleep(100*time.Millisecond + time.Duration(rand.Int63n(int64(900*time.Millisecond))))
		w.WriteHeader(http.StatusAccepted)
	})
	log.Fatal(http.ListenAndServe(*addr, nil))
}

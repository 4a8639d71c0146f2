// Command shops is the screens of the shops, which take a page in a second or so.
//
//go:debug default=go1.25
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
	addr := flag.String("listen", "127.0.0.1:7653", "")
	flag.Parse()
	http.HandleFunc("POST /screens/{shop}", func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		time.Sleep(800*time.Millisecond + time.Duration(rand.Int63n(int64(2200*time.Millisecond))))
		w.WriteHeader(http.StatusNoContent)
	})
	log.Fatal(http.ListenAndServe(*addr, nil))
}

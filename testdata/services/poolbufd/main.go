package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
)

var bufs = sync.Pool{New: func() any { return new(bytes.Buffer) }}

type page struct {
	Rows []map[string]string
}

func handle(w http.ResponseWriter, r *http.Request) {
	b := bufs.Get().(*bytes.Buffer)
	b.Reset()
	defer bufs.Put(b)
	n := 20
	if r.URL.Query().Get("all") != "" {
		n = 3000
	}
	var p page
	for i := range n {
		p.Rows = append(p.Rows, map[string]string{"id": fmt.Sprint(i), "name": "somebody"})
	}
	json.NewEncoder(b).Encode(p)
	w.Write(b.Bytes())
}

func main() {
	run(http.HandlerFunc(handle), 60, func(base string, i int) *http.Request {
		u := base + "/"
		if i%50 == 0 {
			u += "?all=1"
		}
		req, _ := http.NewRequest("GET", u, nil)
		return req
	})
}

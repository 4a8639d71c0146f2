package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

type warnings struct {
	sync.Mutex
	last map[string][][]byte
}

func (ws *warnings) collect(host string, r io.Reader) error {
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	for _, line := range bytes.Split(body, []byte("\n")) {
		if bytes.HasPrefix(line, []byte("WARN")) {
			ws.Lock()
			ws.last[host] = append(ws.last[host], line)
			ws.Unlock()
		}
	}
	return nil
}

func main() {
	ws := &warnings{last: map[string][][]byte{}}
	http.HandleFunc("/logs", func(w http.ResponseWriter, r *http.Request) {
		if err := ws.collect(r.FormValue("host"), r.Body); err != nil {
			http.Error(w, err.Error(), 500)
		}
	})
	run(http.DefaultServeMux, 40, func(base string, i int) *http.Request {
		var b strings.Builder
		for j := range 150 {
			fmt.Fprintf(&b, "INFO %d some line of a log that says nothing of interest at all\n", j)
		}
		fmt.Fprintf(&b, "WARN disk %d\n", i)
		req, _ := http.NewRequest("POST", fmt.Sprintf("%s/logs?host=h%d", base, i%5), strings.NewReader(b.String()))
		return req
	})
}

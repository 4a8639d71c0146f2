package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"

	"scand/ids"
)

var seen = ids.NewSet()

func ingest(r io.Reader) (n int, err error) {
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		line := sc.Text()
		fields := strings.Split(line, ";")
		seen.Mark(fields[0])
		n++
	}
	return n, sc.Err()
}

func main() {
	http.HandleFunc("/ingest", func(w http.ResponseWriter, r *http.Request) {
		n, err := ingest(r.Body)
		fmt.Fprintln(w, n, err)
	})
	run(http.DefaultServeMux, 25, func(base string, i int) *http.Request {
		var b strings.Builder
		for j := range 4 {
			fmt.Fprintf(&b, "user-%d;%s\n", i*4+j, strings.Repeat("payload;", 500))
		}
		req, _ := http.NewRequest("POST", base+"/ingest", strings.NewReader(b.String()))
		return req
	})
}

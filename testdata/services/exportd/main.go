package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
)

func export(w io.Writer, rows int) error {
	pr, pw := io.Pipe()
	go func() {
		c := csv.NewWriter(pw)
		for i := range rows {
			c.Write([]string{fmt.Sprint(i), "some text that fills the line"})
		}
		c.Flush()
		pw.Close()
	}()
	_, err := io.CopyN(w, pr, 4096)
	return err // pr is not closed
}

func main() {
	run(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { export(w, 500) }), 40, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", base+"/", nil)
		return req
	})
}

package main

import (
	"fmt"
	"net/http"
	"strings"

	"auditd/audit"
)

func main() {
	log := audit.Open()
	mux := http.NewServeMux()
	mux.HandleFunc("/do/{tenant}", func(w http.ResponseWriter, r *http.Request) {
		log.Record(r.PathValue("tenant"), audit.Event{Actor: r.Header.Get("X-User"), Action: r.URL.RawQuery, Detail: strings.ToUpper(r.UserAgent())})
		fmt.Fprintln(w, "ok")
	})
	run(mux, 150, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", fmt.Sprintf("%s/do/t%d?op=%d", base, i%40, i), nil)
		req.Header.Set("User-Agent", strings.Repeat("agent ", 300))
		req.Header.Set("X-User", fmt.Sprint("user-", i%100))
		return req
	})
}

package main

import (
	"fmt"
	"net/http"
	"strings"

	"tokend/internal/auth"
)

func main() {
	v := auth.NewVerifier()
	mux := http.NewServeMux()
	mux.Handle("/api/", auth.Middleware(v, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "hello", auth.User(r))
	})))
	run(mux, 100, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", base+"/api/x", nil)
		req.Header.Set("Authorization", fmt.Sprintf("Bearer u%d.%s", i, strings.Repeat("s", 1200)))
		return req
	})
}

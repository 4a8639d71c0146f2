package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"docd/store"
)

func main() {
	repo := store.NewRepository()
	svc := &service{repo: repo}
	run(svc, 120, func(base string, i int) *http.Request {
		body := fmt.Sprintf(`{"title":"doc %d","body":"%s","tags":["a","b","c"]}`, i, strings.Repeat("text ", 400))
		req, _ := http.NewRequest("PUT", fmt.Sprintf("%s/docs/%d", base, i%20), strings.NewReader(body))
		return req
	})
}

type service struct{ repo store.Repository }

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	doc := new(store.Document)
	if err := json.NewDecoder(r.Body).Decode(doc); err != nil {
		http.Error(w, err.Error(), 400)
		return
	}
	if err := s.repo.Save(r.URL.Path, doc); err != nil {
		http.Error(w, err.Error(), 500)
	}
}

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

var client = &http.Client{Transport: &http.Transport{ResponseHeaderTimeout: 10 * time.Second}}

func fetchRate(cur string) (map[string]float64, error) {
	path := "/fail"
	resp, err := client.Get("http://" + upstreamAddr + path + "?cur=" + cur)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("rates: status %d", resp.StatusCode)
	}
	defer resp.Body.Close()
	var m map[string]float64
	return m, json.NewDecoder(resp.Body).Decode(&m)
}

func main() {
	http.HandleFunc("/rate", func(w http.ResponseWriter, r *http.Request) {
		m, err := fetchRate(r.FormValue("cur"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		json.NewEncoder(w).Encode(m)
	})
	run(http.DefaultServeMux, 12, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", base+"/rate?cur=eur", nil)
		return req
	})
}

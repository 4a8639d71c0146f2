// Weather page. It asks a forecast service for the weather.
// LEAK: the body of an answer that is not 200 is never closed, so its connection stays, with two goroutines.
package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"
)

type weather struct {
	client  *http.Client
	service string
}

type forecast struct{ Degrees int }

// answer is the forecast service. Every second place is unknown to it.
func answer(w http.ResponseWriter, r *http.Request) {
	if rand.IntN(2) == 0 {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprintln(w, "no such place")
		return
	}
	json.NewEncoder(w).Encode(forecast{Degrees: 21})
}

func main() {
	service := startBackend(answer)
	recorder := openRecorder()
	startShop(1)
	transport := &http.Transport{ReadBufferSize: 100 << 10, WriteBufferSize: 40 << 10}
	w := &weather{client: &http.Client{Transport: transport, Timeout: time.Minute}, service: service}
	steadily(12, func() { go w.forecast() })
	recorder.run()
}

func (w *weather) forecast() (*forecast, error) {
	response, err := w.client.Get(w.service + "/forecast")
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("forecast: %s", response.Status)
	}
	defer response.Body.Close()
	f := new(forecast)
	return f, json.NewDecoder(response.Body).Decode(f)
}

package sms

import (
	"io"
	"net/http"
	"strings"
	"time"
)

func newClient() *http.Client {
	return &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{MaxIdleConns: 10}}
}

// Send posts a message to the gateway.
func Send(url, text string) error {
	resp, err := newClient().Post(url, "text/plain", strings.NewReader(text))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

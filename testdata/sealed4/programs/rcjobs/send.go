package main

import (
	"bytes"
	"io"

	"pump"
)

func send(url string, b []byte) ([]byte, error) {
	resp, err := pump.Web.Post(url, "application/json", bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

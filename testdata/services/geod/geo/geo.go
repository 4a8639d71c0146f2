package geo

import (
	"encoding/json"
	"net/http"
	"net/url"
)

type Client struct {
	base string
	http http.Client
}

func New(base string) *Client { return &Client{base: base} }

// Lookup asks the geo service for a city.
func (c *Client) Lookup(addr string) (string, error) {
	resp, err := c.http.Get(c.base + "/hang?ip=" + url.QueryEscape(addr))
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var answer struct{ City string }
	err = json.NewDecoder(resp.Body).Decode(&answer)
	return answer.City, err
}

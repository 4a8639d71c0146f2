// Package carrier is the client of the carriers and of the customs office.
package carrier

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

type Price struct {
	Carrier, Terms string
	Cents          int
}

type Carriers struct {
	base    string
	Names   []string
	client  *http.Client
	Refused atomic.Int64
}

func New(base string, names ...string) *Carriers {
	t := &http.Transport{MaxIdleConnsPerHost: 12, IdleConnTimeout: 20 * time.Second}
	return &Carriers{base: base, Names: names, client: &http.Client{Transport: t}}
}

// Price is what a carrier asks for a shipment to zip.
func (c *Carriers) Price(ctx context.Context, name, zip string) (p Price, err error) {
	req, err := http.NewRequestWithContext(ctx, "GET", c.base+"/price/"+name+"/"+zip, nil)
	if err != nil {
		return p, err
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return p, err
	}
	defer resp.Body.Close()
	return p, json.NewDecoder(resp.Body).Decode(&p)
}

// Duty is the duty in percent of a class of goods.
func (c *Carriers) Duty(code string) (int, error) {
	resp, err := c.client.Get(c.base + "/customs/" + code)
	if err != nil {
		return 0, err
	}
	if resp.StatusCode != http.StatusOK {
		c.Refused.Add(1)
		return 0, fmt.Errorf("customs: %s", resp.Status)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(string(b))
}

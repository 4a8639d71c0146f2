// Package upstream fetches the rates of a bank.
package upstream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

var ErrBusy = errors.New("upstream is busy")

type Rates map[string]float64

type Fetcher struct {
	Base   string
	client http.Client
}

func New(base string) *Fetcher {
	return &Fetcher{Base: base, client: http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 6, IdleConnTimeout: time.Minute}}}
}

// Fetch returns the rates of a currency.
func (f *Fetcher) Fetch(ctx context.Context, currency string) (Rates, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.Base+"/rates/"+currency, nil)
	if err != nil {
		return nil, err
	}
	resp, err := f.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("rates of %s: %w", currency, err)
	}
	if resp.StatusCode == http.StatusTooManyRequests {
		return nil, ErrBusy
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("rates of %s: %s", currency, resp.Status)
	}
	var rates Rates
	if err := json.NewDecoder(resp.Body).Decode(&rates); err != nil {
		return nil, err
	}
	return rates, nil
}

// Package price asks the supplier for prices, once for all who want the same at the same time.
package price

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/labstack/echo"
	"golang.org/x/sync/singleflight"
)

type Quote struct {
	SKU    string
	Cents  int
	Offers []string
}

type Desk struct {
	supplier string
	client   http.Client
	flight   singleflight.Group

	Asked, Waiting atomic.Int64
}

func New(supplier string) *Desk {
	return &Desk{supplier: supplier, client: http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8, IdleConnTimeout: 30 * time.Second}}}
}

func (d *Desk) fetch(sku string) (*Quote, error) {
	resp, err := d.client.Get(d.supplier + "/quote/" + sku)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	q := new(Quote)
	return q, json.Unmarshal(b, q)
}

// basket is what a shop sends along to get its discount.
type basket struct {
	Shop  string
	Items []string
}

// Lookup answers with the price of one article.
func (d *Desk) Lookup(c echo.Context) error {
	var b basket
	if err := json.NewDecoder(c.Request().Body).Decode(&b); err != nil {
		return c.String(http.StatusBadRequest, err.Error())
	}
	d.Waiting.Add(1)
	v, err, _ := d.flight.Do(c.Param("sku"), func() (any, error) {
		d.Asked.Add(1)
		return d.fetch(c.Param("sku"))
	})
	d.Waiting.Add(-1)
	if err != nil {
		return c.String(http.StatusBadGateway, err.Error())
	}
	q := v.(*Quote)
	return c.String(http.StatusOK, fmt.Sprintf("%s %d of %d items\n%s", q.SKU, q.Cents, len(b.Items), strings.Join(q.Offers, "\n")))
}

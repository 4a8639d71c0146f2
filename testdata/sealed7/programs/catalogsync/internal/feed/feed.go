// Package feed reads what suppliers send.
package feed

import (
	"errors"

	"github.com/buger/jsonparser"
)

// Offer is an article as a supplier offers it.
type Offer struct {
	SKU      string
	Cents    int64
	Stock    int64
	Revision []byte // the supplier's mark of this state, whatever it looks like
}

// Batch is a delivery of offers.
type Batch struct {
	Supplier string
	Receipt  []byte
	Offers   []Offer
}

var ErrEmpty = errors.New("feed: no offers")

// Parse reads a delivery.
func Parse(doc []byte) (*Batch, error) {
	sup, err := jsonparser.GetString(doc, "supplier")
	if err != nil {
		return nil, err
	}
	receipt, _, _, err := jsonparser.Get(doc, "receipt")
	if err != nil {
		return nil, err
	}
	b := &Batch{Supplier: sup, Receipt: receipt}
	_, err = jsonparser.ArrayEach(doc, func(v []byte, _ jsonparser.ValueType, _ int, _ error) {
		var o Offer
		if o.SKU, err = jsonparser.GetString(v, "sku"); err != nil {
			return
		}
		o.Cents, _ = jsonparser.GetInt(v, "price", "cents")
		o.Stock, _ = jsonparser.GetInt(v, "stock")
		o.Revision, _, _, _ = jsonparser.Get(v, "rev")
		b.Offers = append(b.Offers, o)
	}, "offers")
	if err != nil {
		return nil, err
	}
	if len(b.Offers) == 0 {
		return nil, ErrEmpty
	}
	return b, nil
}

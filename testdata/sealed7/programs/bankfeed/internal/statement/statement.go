// Package statement reads the account statements that banks send as CSV.
package statement

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strconv"
)

// Column numbers of the format.
const (
	colBooking = iota
	colAccount
	colPartner
	colPartnerName
	colAmount
	colCurrency
	colEndToEnd
	colText
	columns
)

// Line is a booking.
type Line struct {
	ID, Account, Partner, PartnerName string
	Amount                            int64
	Currency, EndToEnd, Text          string
}

// Lines are the bookings in r.
func Lines(r io.Reader) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		c := csv.NewReader(r)
		c.Comma = ';'
		c.FieldsPerRecord = columns
		c.ReuseRecord = true
		for {
			f, err := c.Read()
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(Line{}, err)
				return
			}
			a, err := strconv.ParseInt(f[colAmount], 10, 64)
			if err != nil {
				err = fmt.Errorf("amount %q: %w", f[colAmount], err)
			}
			if !yield(Line{ID: f[colBooking], Account: f[colAccount], Partner: f[colPartner], PartnerName: f[colPartnerName],
				Amount: a, Currency: f[colCurrency], EndToEnd: f[colEndToEnd], Text: f[colText]}, err) {
				return
			}
		}
	}
}

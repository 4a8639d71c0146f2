// Package query turns what a merchant asks for into SQL.
package query

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// Filter is one search.
type Filter struct {
	Regions  []string
	Grapes   []string
	From, To int
	MaxPrice int
	Order    string
}

// Parse reads a filter from the query of a URL.
func Parse(v url.Values) (Filter, error) {
	f := Filter{Regions: v["region"], Grapes: v["grape"], Order: v.Get("order")}
	var err error
	num := func(k string) int {
		if v.Get(k) == "" || err != nil {
			return 0
		}
		var n int
		if n, err = strconv.Atoi(v.Get(k)); err != nil {
			err = fmt.Errorf("%s: %w", k, err)
		}
		return n
	}
	f.From, f.To, f.MaxPrice = num("from"), num("to"), num("max")
	return f, err
}

// SQL has the text of the search and its arguments.
func (f Filter) SQL() (string, []interface{}) {
	var where []string
	var args []interface{}
	arg := func(x interface{}) string {
		args = append(args, x)
		return "$" + strconv.Itoa(len(args))
	}
	in := func(col string, xs []string) {
		if len(xs) == 0 {
			return
		}
		var ps []string
		for _, x := range xs {
			ps = append(ps, arg(x))
		}
		where = append(where, col+" IN ("+strings.Join(ps, ", ")+")")
	}
	in("region", f.Regions)
	in("grape", f.Grapes)
	if f.From > 0 {
		where = append(where, "vintage >= "+arg(f.From))
	}
	if f.To > 0 {
		where = append(where, "vintage <= "+arg(f.To))
	}
	if f.MaxPrice > 0 {
		where = append(where, "price <= "+arg(f.MaxPrice))
	}
	s := "SELECT id, name, region, grape, vintage, price, bottles, note FROM wines"
	if len(where) > 0 {
		s += " WHERE " + strings.Join(where, " AND ")
	}
	switch f.Order {
	case "price":
		s += " ORDER BY price, id"
	case "vintage":
		s += " ORDER BY vintage DESC, id"
	default:
		s += " ORDER BY id"
	}
	return s + " LIMIT 40", args
}

// Package quote asks the rules of a shop for a price.
package quote

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"

	"pricejs/rules"
)

type Quote struct {
	engine          *rules.Engine
	Quotes, Coupons atomic.Int64
}

type ask struct {
	Shop   int
	Items  int
	Weight float64
	Code   string
	Coupon bool
}

func New(e *rules.Engine) *Quote { return &Quote{engine: e} }

// base is a shop's own rule, which stays the same.
func base(shop int) string {
	return fmt.Sprintf(`(function() {
		var price = 4.9 + weight * %d / 10;
		for (var i = 0; i < items; i++) price += i > 5 ? 0.2 : 0.45;
		return Math.round(price * 100) / 100;
	})()`, shop%17+3)
}

const coupon = `(function() {
	var code = "$CODE", total = $TOTAL, off = 0;
	if (code.charAt(0) < "m" && total > 20) { off = total * 0.1; }
	else if (code.length > 6) { off = Math.min(total * 0.05, 3); }
	switch (code.charAt(1)) {
		case "a": off += 0.5; break;
		case "b": off += 0.25; break;
		case "x": off = 0; break;
	}
	return Math.round((total - off) * 100) / 100;
})()`

func (q *Quote) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var a ask
	if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	q.Quotes.Add(1)
	total, err := q.engine.Run(fmt.Sprintf("shop-%d", a.Shop), base(a.Shop), map[string]any{"items": a.Items, "weight": a.Weight})
	if err == nil && a.Coupon {
		q.Coupons.Add(1)
		text := strings.NewReplacer("$CODE", a.Code, "$TOTAL", fmt.Sprintf("%.2f", total)).Replace(coupon)
		total, err = q.engine.Run("coupon", text, nil)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	json.NewEncoder(w).Encode(map[string]float64{"total": total})
}

//go:debug httpmuxgo121=0

// Command pricejs computes prices by rules that the shops write in JavaScript.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"math/rand"
	"net/http"

	"pricejs/quote"
	"pricejs/rules"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		base := fmt.Sprintf("http://127.0.0.1:%d/quote", pump.Port)
		pump.Run(pump.Wave(3, 20, 3), func(i int) {
			b, _ := json.Marshal(map[string]any{"shop": rand.Intn(90), "items": rand.Intn(20) + 1, "weight": rand.Float64() * 30, "code": pump.ID(8), "coupon": rand.Intn(3) == 0})
			pump.Post(base, b)
		})
	}
	e := rules.NewEngine()
	q := quote.New(e)
	probe.Gauge("programs", e.Programs)
	probe.Gauge("quotes", q.Quotes.Load)
	probe.Gauge("coupons", q.Coupons.Load)
	probe.Listen(pump.Port + 1)
	m := http.NewServeMux()
	m.Handle("/quote", q)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), m))
}

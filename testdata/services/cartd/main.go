package main

import (
	"fmt"
	"net/http"
	"strings"

	"cartd/internal/api"
	"cartd/internal/cart"
)

func main() {
	store := cart.NewStore()
	run(api.New(store), 120, func(base string, i int) *http.Request {
		body := strings.NewReader(fmt.Sprintf(`{"sku":"SKU-%05d","qty":%d,"note":"%s"}`, i%5000, i%3+1, strings.Repeat("gift ", 40)))
		req, _ := http.NewRequest("POST", fmt.Sprintf("%s/tenants/%d/carts/%x/items", base, i%7, i*2654435761), body)
		return req
	})
}

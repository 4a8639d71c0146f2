package main

import (
	"errors"
	"fmt"
	"net/http"

	"balanced/ledger"
)

func main() {
	book := ledger.New()
	http.HandleFunc("/transfer", func(w http.ResponseWriter, r *http.Request) {
		err := book.Transfer(r.FormValue("from"), r.FormValue("to"), len(r.FormValue("from"))*7)
		if errors.Is(err, ledger.ErrNoFunds) {
			http.Error(w, err.Error(), http.StatusPaymentRequired)
		}
	})
	run(http.DefaultServeMux, 60, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("POST", fmt.Sprintf("%s/transfer?from=a%d&to=b%d", base, i, i%3), nil)
		return req
	})
}

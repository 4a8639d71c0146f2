//go:debug httpmuxgo121=0

// Command invoices takes in the invoices of suppliers and says which came twice.
package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand"
	"net/http"
	"sync"

	"drive"
	"invoices/api"
	"invoices/intake"
	"probe"
)

func main() {
	drive.Flags()
	if drive.Mode == "load" {
		load()
		return
	}
	in := intake.New()
	probe.Gauge("seen", in.Seen)
	probe.Gauge("twice", in.Twice)
	probe.Listen(drive.Port + 1)
	panic(http.ListenAndServe(drive.Addr(0), api.Routes(in)))
}

func document(r *rand.Rand, number string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"invoice":{"number":%q,"supplier":{"id":"S%03d","name":%q},"date":"2026-11-%02d","currency":"EUR","lines":[`, number, r.Intn(40), drive.Text(r, 12), 1+r.Intn(28))
	n := drive.Between(r, 3, 60)
	for i := 0; i < n; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"article":"A%05d","text":%q,"pieces":%d,"price":%d.%02d}`, r.Intn(99999), drive.Text(r, 60), 1+r.Intn(20), r.Intn(400), r.Intn(100))
	}
	pic := make([]byte, drive.Between(r, 2000, 24000))
	r.Read(pic)
	fmt.Fprintf(&b, `],"total":%d.00},"scan":%q}`, r.Intn(9000), base64.StdEncoding.EncodeToString(pic))
	return b.Bytes()
}

func load() {
	var mu sync.Mutex
	var sent []string
	go drive.Run(41, drive.Ramp(2.2, 6.5), func(i int, r *rand.Rand) {
		number := fmt.Sprintf("%s-%06d", drive.ID(r, 4), i)
		mu.Lock()
		if len(sent) > 0 && r.Intn(12) == 0 {
			number = sent[r.Intn(len(sent))]
		} else {
			sent = append(sent, number)
		}
		mu.Unlock()
		drive.Post(drive.URL("/invoices"), document(r, number))
	})
	drive.Run(42, drive.Ramp(4, 14), func(i int, r *rand.Rand) {
		drive.Get(drive.URL(fmt.Sprintf("/suppliers/S%03d", r.Intn(40))))
	})
}

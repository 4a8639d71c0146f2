// Command carrierquotes tells shops what a parcel costs.
//
//go:debug default=go1.27
package main

import (
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"
	"runtime"
	"time"

	"github.com/afex/hystrix-go/hystrix"

	"parcel.example/carrierquotes/internal/carrier"
	"parcel.example/carrierquotes/internal/quote"
	"parcel.example/carrierquotes/internal/web"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7114", "")
	flag.Parse()
	runtime.MemProfileRate = 128 << 10
	hystrix.DefaultTimeout = 3000
	d := &quote.Desk{Carriers: []carrier.Carrier{
		carrier.Remote{ID: "swift", Delay: 60 * time.Millisecond, Base: 490},
		carrier.Remote{ID: "heron", Delay: 90 * time.Millisecond, Base: 390},
		carrier.Remote{ID: "stork", Delay: 140 * time.Millisecond, Base: 350},
	}}
	http.Handle("/", web.Routes(d))
	log.Fatal(http.ListenAndServe(*addr, nil))
}

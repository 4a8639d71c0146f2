// Command staffgate signs the staff of a university in.
//go:debug default=go1.27
package main

import (
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"
	"runtime"

	"uni.example/staffgate/internal/directory"
	"uni.example/staffgate/internal/meter"
	"uni.example/staffgate/internal/web"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7110", "")
	dir := flag.String("ldap", "127.0.0.1:7389", "")
	rate := flag.Int("rate", 64<<10, "bytes a heap sample")
	flag.Parse()
	runtime.MemProfileRate = *rate
	m, err := meter.New()
	if err != nil {
		log.Fatal(err)
	}
	g := &web.Gate{Meter: m, Dir: &directory.Directory{Addr: *dir, Base: "dc=uni,dc=example", BindDN: "cn=gate,dc=uni,dc=example", BindPW: "gate"}}
	go g.Sweep()
	http.Handle("/", g.Handler())
	log.Fatal(http.ListenAndServe(*addr, nil))
}
